--
-- PostgreSQL database dump
--

\restrict 7vKPxValeaLMJlNH6Kb18BChh99cPyiJi9sHkuO4H5Za7K45IJLR7n0CTiV46cZ

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: audit_entries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_entries (
    id integer NOT NULL,
    at text NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    operation text NOT NULL,
    target text NOT NULL,
    input_hash text NOT NULL,
    outcome text NOT NULL,
    request_id text NOT NULL,
    before json NOT NULL,
    after json NOT NULL
);


--
-- Name: audit_entries_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.audit_entries_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: audit_entries_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.audit_entries_id_seq OWNED BY public.audit_entries.id;


--
-- Name: auth_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_attempts (
    id text NOT NULL,
    secret_hash text NOT NULL,
    provider text NOT NULL,
    next text NOT NULL,
    link text,
    credential text,
    created_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    spent_at double precision
);


--
-- Name: auth_grants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_grants (
    id text NOT NULL,
    code_hash text NOT NULL,
    client text NOT NULL,
    redirect text NOT NULL,
    challenge text NOT NULL,
    "user" text NOT NULL,
    created_at double precision NOT NULL,
    spent_at double precision,
    ends_at double precision NOT NULL,
    revoked_at double precision
);


--
-- Name: auth_identities; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_identities (
    id text NOT NULL,
    "user" text NOT NULL,
    sealed bytea NOT NULL,
    created_at double precision NOT NULL,
    used_at double precision NOT NULL,
    "grant" bytea
);


--
-- Name: auth_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_links (
    id text NOT NULL,
    secret_hash text NOT NULL,
    "user" text,
    role integer NOT NULL,
    judge text,
    made_by text NOT NULL,
    created_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    spent_at double precision
);


--
-- Name: auth_refresh; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_refresh (
    hash text NOT NULL,
    "grant" text NOT NULL,
    created_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    used_at double precision,
    successor text,
    answer bytea
);


--
-- Name: auth_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_sessions (
    id text NOT NULL,
    secret_hash text NOT NULL,
    "user" text NOT NULL,
    created_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    ends_at double precision NOT NULL,
    revoked_at double precision
);


--
-- Name: auth_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_tokens (
    id text NOT NULL,
    "user" text NOT NULL,
    created_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    revoked_at double precision,
    "grant" text
);


--
-- Name: auth_users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_users (
    id text NOT NULL,
    role integer NOT NULL,
    judge text,
    service boolean NOT NULL,
    created_at double precision NOT NULL,
    last_seen_at double precision
);


--
-- Name: bench_answers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bench_answers (
    id integer NOT NULL,
    experiment text NOT NULL,
    round text NOT NULL,
    judge text NOT NULL,
    item text NOT NULL,
    answer text NOT NULL,
    saved_at text NOT NULL,
    actor text NOT NULL,
    state text DEFAULT 'saved'::text NOT NULL,
    batch text,
    withdrawn_at text,
    restores integer
);


--
-- Name: bench_answers_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.bench_answers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: bench_answers_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.bench_answers_id_seq OWNED BY public.bench_answers.id;


--
-- Name: bench_launches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bench_launches (
    actor text NOT NULL,
    op text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    experiment text NOT NULL,
    run_id text,
    state text NOT NULL,
    at text NOT NULL
);


--
-- Name: bench_uploads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bench_uploads (
    token_hash text NOT NULL,
    actor text NOT NULL,
    role integer NOT NULL,
    experiment text NOT NULL,
    judge text,
    size bigint NOT NULL,
    expires_at double precision NOT NULL,
    consumed_at double precision,
    sha256 text
);


--
-- Name: bench_webhooks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bench_webhooks (
    endpoint text NOT NULL,
    message_id text NOT NULL,
    body_hash text NOT NULL,
    receipt text NOT NULL,
    at double precision NOT NULL
);


--
-- Name: events_dead; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events_dead (
    consumer text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    "user" text,
    body bytea NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL,
    at double precision NOT NULL
);


--
-- Name: events_inbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events_inbox (
    "position" bigint NOT NULL,
    consumer text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    "user" text,
    state text NOT NULL,
    attempts integer NOT NULL,
    not_before double precision NOT NULL,
    received_at double precision NOT NULL,
    body bytea
);


--
-- Name: events_inbox_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.events_inbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: events_inbox_position_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.events_inbox_position_seq OWNED BY public.events_inbox."position";


--
-- Name: events_outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events_outbox (
    "position" bigint NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    "user" text,
    body bytea NOT NULL,
    created_at double precision NOT NULL,
    sent_at double precision
);


--
-- Name: events_outbox_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.events_outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: events_outbox_position_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.events_outbox_position_seq OWNED BY public.events_outbox."position";


--
-- Name: events_signals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events_signals (
    "position" bigint NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    "user" text NOT NULL,
    at double precision NOT NULL,
    body bytea NOT NULL
);


--
-- Name: events_signals_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.events_signals_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: events_signals_position_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.events_signals_position_seq OWNED BY public.events_signals."position";


--
-- Name: gateway_replies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.gateway_replies (
    "user" text NOT NULL,
    route text NOT NULL,
    key_hash text NOT NULL,
    body_hash text NOT NULL,
    at double precision NOT NULL,
    answer bytea
);


--
-- Name: profile_consents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.profile_consents (
    "position" bigint NOT NULL,
    "user" text,
    pseudonym text NOT NULL,
    number integer NOT NULL,
    purpose text NOT NULL,
    given boolean NOT NULL,
    version integer NOT NULL,
    text_hash text NOT NULL,
    channel text NOT NULL,
    at double precision NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    erased_at double precision
);


--
-- Name: profile_consents_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.profile_consents_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: profile_consents_position_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.profile_consents_position_seq OWNED BY public.profile_consents."position";


--
-- Name: profile_erasures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.profile_erasures (
    id text NOT NULL,
    "user" text,
    pseudonym text NOT NULL,
    by text NOT NULL,
    modules json NOT NULL,
    requested_at double precision NOT NULL,
    asked_at double precision NOT NULL,
    done_at double precision,
    scrubbed_at double precision,
    grants text
);


--
-- Name: profile_profiles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.profile_profiles (
    "user" text NOT NULL,
    version integer NOT NULL,
    sealed bytea NOT NULL,
    updated_at double precision NOT NULL
);


--
-- Name: profile_receipts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.profile_receipts (
    erasure text NOT NULL,
    module text NOT NULL,
    rows integer NOT NULL,
    at double precision NOT NULL
);


--
-- Name: audit_entries id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_entries ALTER COLUMN id SET DEFAULT nextval('public.audit_entries_id_seq'::regclass);


--
-- Name: bench_answers id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bench_answers ALTER COLUMN id SET DEFAULT nextval('public.bench_answers_id_seq'::regclass);


--
-- Name: events_inbox position; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_inbox ALTER COLUMN "position" SET DEFAULT nextval('public.events_inbox_position_seq'::regclass);


--
-- Name: events_outbox position; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_outbox ALTER COLUMN "position" SET DEFAULT nextval('public.events_outbox_position_seq'::regclass);


--
-- Name: events_signals position; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_signals ALTER COLUMN "position" SET DEFAULT nextval('public.events_signals_position_seq'::regclass);


--
-- Name: profile_consents position; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_consents ALTER COLUMN "position" SET DEFAULT nextval('public.profile_consents_position_seq'::regclass);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('profile_0002');
INSERT INTO public.alembic_version VALUES ('gateway_0001');
INSERT INTO public.alembic_version VALUES ('events_0001');
INSERT INTO public.alembic_version VALUES ('auth_0005');
INSERT INTO public.alembic_version VALUES ('bench_launches_0001');
INSERT INTO public.alembic_version VALUES ('bench_answers_0001');
INSERT INTO public.alembic_version VALUES ('audit_0001');


--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: auth_attempts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: auth_grants; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: auth_identities; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: auth_links; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.auth_links VALUES ('link-ebd0fd0d05f3a193db1424c6', '0d016eeea47445084635c847a64666cecc0b8abd3a6566aa48649b80325a1360', 'local-admin', 3, NULL, 'local-admin', 1800000000, 1800000600, 1800000000);


--
-- Data for Name: auth_refresh; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: auth_sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.auth_sessions VALUES ('session-dc217174ef7775e1ae8f6d8c', 'ed394fe637339dc6055847554a80e0b7c7ccc2648d33b594787f0cc3901fdd2b', 'local-admin', 1800000000, 1800043200, 1801209600, NULL);


--
-- Data for Name: auth_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.auth_tokens VALUES ('token-709886cadc5bd01ef0663ae4', 'service-judge:anna', 1800000000, 1800000600, NULL, NULL);


--
-- Data for Name: auth_users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.auth_users VALUES ('local-admin', 3, NULL, false, 1800000000, 1800000000);
INSERT INTO public.auth_users VALUES ('service-judge:anna', 2, 'anna', true, 1800000000, NULL);


--
-- Data for Name: bench_answers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: bench_launches; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: bench_uploads; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: bench_webhooks; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: events_dead; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: events_inbox; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: events_outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.events_outbox VALUES (2, '69e3a822-4101-4373-97bc-d16a7b102cf1', 'consent.changed.v1', 'local-admin', '\x7b227370656376657273696f6e223a22312e30222c226964223a2236396533613832322d343130312d343337332d393762632d643136613762313032636631222c22736f75726365223a222f70726f66696c65222c2274797065223a22636f6e73656e742e6368616e6765642e7631222c2274696d65223a22323032372d30312d31355430383a30303a30302e3030303030302b30303a3030222c2275736572223a226c6f63616c2d61646d696e222c227365616c6564223a747275652c2264617461636f6e74656e7474797065223a226170706c69636174696f6e2f6a736f6e222c22646174615f626173653634223a224151707741664f337255453839306e77466d555071614b647163515151506e46774d506a6c52466d64504b33727a4e4943535469723230702f587a3976696a692b6e665950457539304d3452356a6d61586555524961596156566665724c3057696f797155464172526656676d673d3d227d', 1800000000, NULL);


--
-- Data for Name: events_signals; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: gateway_replies; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: profile_consents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.profile_consents VALUES (1, 'local-admin', '1d76193ae1528301cdd1ddc8787afd53f73e8ed0a2faa34e378234675f286402', 1, 'external-model', true, 1, 'c6e6b77af36796cbde2d4007fcc3aa675ef80cf113810dfcf777699e93594210', 'web', 1800000000, '0000000000000000000000000000000000000000000000000000000000000000', '9c810961f592288a60ffba848f2db6066ee970bbcee14159c7bc41827f782aaf', NULL);


--
-- Data for Name: profile_erasures; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: profile_profiles; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.profile_profiles VALUES ('local-admin', 1, '\x01e3a29e2b5ca82e6090b91d26dec1f04c16491778faaa23c6e7e24cf483f9b3a5cb79c1f0dae42d21cea9db9389d557814b1cd1732041ff621d30cbccbf384133586e2fa714dba271eef4ee1fa6997360013ebcf2b73bbfaef393f9cf258e101216a44094ae8744eae7110203000ca24232f3bbe93faaf41fda5069d6b49673229f594d6360053fd543d05e2ea8aa64ec399e03a22cd857eb3bcad9efba7b98630522d722246fb85105ad86fdab595d94a1b5c0ae159a2ecd42180e6cce1e0a044b5662963ba0dee02149ec49f2b3785d1696f60bfa0d11b28c6b1db52554a6017627cd7dc4e527db51beb8e66d3288297c84e3eba9e7bf4428c7583a08f77473d5aea717592143ebe49d31de0d629fa05488cb3c4d3a01d53ef00df8be6b4550075ba8d8f7e6c03b0abe463e8578c96566711d07e6218ae80a17335620a93e5a3fc07b9f7a856b908e4553a5d89b66573a809fb6', 1800000000);


--
-- Data for Name: profile_receipts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Name: audit_entries_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_entries_id_seq', 1, false);


--
-- Name: bench_answers_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.bench_answers_id_seq', 1, false);


--
-- Name: events_inbox_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_inbox_position_seq', 1, false);


--
-- Name: events_outbox_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_outbox_position_seq', 2, true);


--
-- Name: events_signals_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_signals_position_seq', 1, false);


--
-- Name: profile_consents_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.profile_consents_position_seq', 1, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);


--
-- Name: auth_attempts auth_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_attempts
    ADD CONSTRAINT auth_attempts_pkey PRIMARY KEY (id);


--
-- Name: auth_attempts auth_attempts_secret_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_attempts
    ADD CONSTRAINT auth_attempts_secret_hash_key UNIQUE (secret_hash);


--
-- Name: auth_grants auth_grants_code_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_grants
    ADD CONSTRAINT auth_grants_code_hash_key UNIQUE (code_hash);


--
-- Name: auth_grants auth_grants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_grants
    ADD CONSTRAINT auth_grants_pkey PRIMARY KEY (id);


--
-- Name: auth_identities auth_identities_sealed_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_identities
    ADD CONSTRAINT auth_identities_sealed_pkey PRIMARY KEY (id);


--
-- Name: auth_links auth_links_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_links
    ADD CONSTRAINT auth_links_pkey PRIMARY KEY (id);


--
-- Name: auth_links auth_links_secret_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_links
    ADD CONSTRAINT auth_links_secret_hash_key UNIQUE (secret_hash);


--
-- Name: auth_refresh auth_refresh_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_refresh
    ADD CONSTRAINT auth_refresh_pkey PRIMARY KEY (hash);


--
-- Name: auth_refresh auth_refresh_successor_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_refresh
    ADD CONSTRAINT auth_refresh_successor_key UNIQUE (successor);


--
-- Name: auth_sessions auth_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_pkey PRIMARY KEY (id);


--
-- Name: auth_sessions auth_sessions_secret_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_secret_hash_key UNIQUE (secret_hash);


--
-- Name: auth_tokens auth_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_tokens
    ADD CONSTRAINT auth_tokens_pkey PRIMARY KEY (id);


--
-- Name: auth_users auth_users_judge_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_users
    ADD CONSTRAINT auth_users_judge_key UNIQUE (judge);


--
-- Name: auth_users auth_users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_users
    ADD CONSTRAINT auth_users_pkey PRIMARY KEY (id);


--
-- Name: bench_answers bench_answers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bench_answers
    ADD CONSTRAINT bench_answers_pkey PRIMARY KEY (id);


--
-- Name: bench_launches bench_launches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bench_launches
    ADD CONSTRAINT bench_launches_pkey PRIMARY KEY (actor, op, key);


--
-- Name: bench_uploads bench_uploads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bench_uploads
    ADD CONSTRAINT bench_uploads_pkey PRIMARY KEY (token_hash);


--
-- Name: bench_webhooks bench_webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bench_webhooks
    ADD CONSTRAINT bench_webhooks_pkey PRIMARY KEY (endpoint, message_id);


--
-- Name: events_dead events_dead_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_dead
    ADD CONSTRAINT events_dead_pkey PRIMARY KEY (consumer, id);


--
-- Name: events_inbox events_inbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_inbox
    ADD CONSTRAINT events_inbox_pkey PRIMARY KEY ("position");


--
-- Name: events_outbox events_outbox_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_outbox
    ADD CONSTRAINT events_outbox_id_key UNIQUE (id);


--
-- Name: events_outbox events_outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_outbox
    ADD CONSTRAINT events_outbox_pkey PRIMARY KEY ("position");


--
-- Name: events_signals events_signals_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_signals
    ADD CONSTRAINT events_signals_id_key UNIQUE (id);


--
-- Name: events_signals events_signals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_signals
    ADD CONSTRAINT events_signals_pkey PRIMARY KEY ("position");


--
-- Name: gateway_replies gateway_replies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.gateway_replies
    ADD CONSTRAINT gateway_replies_pkey PRIMARY KEY ("user", route, key_hash);


--
-- Name: profile_consents profile_consents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_consents
    ADD CONSTRAINT profile_consents_pkey PRIMARY KEY ("position");


--
-- Name: profile_erasures profile_erasures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_erasures
    ADD CONSTRAINT profile_erasures_pkey PRIMARY KEY (id);


--
-- Name: profile_erasures profile_erasures_user_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_erasures
    ADD CONSTRAINT profile_erasures_user_key UNIQUE ("user");


--
-- Name: profile_profiles profile_profiles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_profiles
    ADD CONSTRAINT profile_profiles_pkey PRIMARY KEY ("user");


--
-- Name: profile_receipts profile_receipts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_receipts
    ADD CONSTRAINT profile_receipts_pkey PRIMARY KEY (erasure, module);


--
-- Name: events_inbox uq_events_inbox_consumer_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events_inbox
    ADD CONSTRAINT uq_events_inbox_consumer_id UNIQUE (consumer, id);


--
-- Name: profile_consents uq_profile_consents_pseudonym_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_consents
    ADD CONSTRAINT uq_profile_consents_pseudonym_number UNIQUE (pseudonym, number);


--
-- Name: ix_audit_entries_actor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_entries_actor ON public.audit_entries USING btree (actor);


--
-- Name: ix_audit_entries_target; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_entries_target ON public.audit_entries USING btree (target);


--
-- Name: ix_auth_attempts_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_attempts_expires_at ON public.auth_attempts USING btree (expires_at);


--
-- Name: ix_auth_grants_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_grants_ends_at ON public.auth_grants USING btree (ends_at);


--
-- Name: ix_auth_grants_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_grants_user ON public.auth_grants USING btree ("user");


--
-- Name: ix_auth_identities_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_identities_user ON public.auth_identities USING btree ("user");


--
-- Name: ix_auth_links_judge; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_links_judge ON public.auth_links USING btree (judge);


--
-- Name: ix_auth_links_made_by; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_links_made_by ON public.auth_links USING btree (made_by);


--
-- Name: ix_auth_refresh_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_refresh_expires_at ON public.auth_refresh USING btree (expires_at);


--
-- Name: ix_auth_refresh_grant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_refresh_grant ON public.auth_refresh USING btree ("grant");


--
-- Name: ix_auth_sessions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_sessions_user ON public.auth_sessions USING btree ("user");


--
-- Name: ix_auth_tokens_grant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_tokens_grant ON public.auth_tokens USING btree ("grant");


--
-- Name: ix_auth_tokens_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_auth_tokens_user ON public.auth_tokens USING btree ("user");


--
-- Name: ix_bench_answers_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_bench_answers_item ON public.bench_answers USING btree (experiment, judge, item);


--
-- Name: ix_bench_answers_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_bench_answers_state ON public.bench_answers USING btree (state, experiment);


--
-- Name: ix_bench_launches_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_bench_launches_at ON public.bench_launches USING btree (at);


--
-- Name: ix_bench_webhooks_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_bench_webhooks_at ON public.bench_webhooks USING btree (at);


--
-- Name: ix_events_dead_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_dead_at ON public.events_dead USING btree (at);


--
-- Name: ix_events_dead_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_dead_user ON public.events_dead USING btree ("user");


--
-- Name: ix_events_inbox_received_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_inbox_received_at ON public.events_inbox USING btree (received_at);


--
-- Name: ix_events_inbox_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_inbox_user ON public.events_inbox USING btree ("user");


--
-- Name: ix_events_inbox_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_inbox_waiting ON public.events_inbox USING btree (consumer, "position") WHERE (state = 'waiting'::text);


--
-- Name: ix_events_outbox_sent_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_outbox_sent_at ON public.events_outbox USING btree (sent_at);


--
-- Name: ix_events_outbox_unsent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_outbox_unsent ON public.events_outbox USING btree ("position") WHERE (sent_at IS NULL);


--
-- Name: ix_events_outbox_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_outbox_user ON public.events_outbox USING btree ("user");


--
-- Name: ix_events_signals_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_signals_at ON public.events_signals USING btree (at);


--
-- Name: ix_events_signals_user_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_signals_user_at ON public.events_signals USING btree ("user", at);


--
-- Name: ix_gateway_replies_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_gateway_replies_at ON public.gateway_replies USING btree (at);


--
-- Name: ix_profile_consents_erased_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_profile_consents_erased_at ON public.profile_consents USING btree (erased_at);


--
-- Name: ix_profile_consents_user_purpose; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_profile_consents_user_purpose ON public.profile_consents USING btree ("user", purpose);


--
-- Name: ix_profile_erasures_done_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_profile_erasures_done_at ON public.profile_erasures USING btree (done_at);


--
-- Name: ix_profile_erasures_pseudonym; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_profile_erasures_pseudonym ON public.profile_erasures USING btree (pseudonym);


--
-- Name: auth_grants auth_grants_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_grants
    ADD CONSTRAINT auth_grants_user_fkey FOREIGN KEY ("user") REFERENCES public.auth_users(id);


--
-- Name: auth_identities auth_identities_sealed_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_identities
    ADD CONSTRAINT auth_identities_sealed_user_fkey FOREIGN KEY ("user") REFERENCES public.auth_users(id);


--
-- Name: auth_links auth_links_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_links
    ADD CONSTRAINT auth_links_user_fkey FOREIGN KEY ("user") REFERENCES public.auth_users(id);


--
-- Name: auth_refresh auth_refresh_grant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_refresh
    ADD CONSTRAINT auth_refresh_grant_fkey FOREIGN KEY ("grant") REFERENCES public.auth_grants(id);


--
-- Name: auth_sessions auth_sessions_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_sessions
    ADD CONSTRAINT auth_sessions_user_fkey FOREIGN KEY ("user") REFERENCES public.auth_users(id);


--
-- Name: auth_tokens auth_tokens_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_tokens
    ADD CONSTRAINT auth_tokens_user_fkey FOREIGN KEY ("user") REFERENCES public.auth_users(id);


--
-- Name: profile_receipts profile_receipts_erasure_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.profile_receipts
    ADD CONSTRAINT profile_receipts_erasure_fkey FOREIGN KEY (erasure) REFERENCES public.profile_erasures(id);


--
-- PostgreSQL database dump complete
--

\unrestrict 7vKPxValeaLMJlNH6Kb18BChh99cPyiJi9sHkuO4H5Za7K45IJLR7n0CTiV46cZ

