BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('profile_0002');
INSERT INTO "alembic_version" VALUES('gateway_0001');
INSERT INTO "alembic_version" VALUES('events_0001');
INSERT INTO "alembic_version" VALUES('auth_0005');
INSERT INTO "alembic_version" VALUES('bench_launches_0001');
INSERT INTO "alembic_version" VALUES('bench_answers_0001');
INSERT INTO "alembic_version" VALUES('audit_0001');
CREATE TABLE audit_entries (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	operation TEXT NOT NULL, 
	target TEXT NOT NULL, 
	input_hash TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	request_id TEXT NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE auth_attempts (
	id TEXT NOT NULL, 
	secret_hash TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	next TEXT NOT NULL, 
	link TEXT, 
	credential TEXT, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	spent_at DOUBLE, 
	PRIMARY KEY (id), 
	UNIQUE (secret_hash)
);
CREATE TABLE auth_grants (
	id TEXT NOT NULL, 
	code_hash TEXT NOT NULL, 
	client TEXT NOT NULL, 
	redirect TEXT NOT NULL, 
	challenge TEXT NOT NULL, 
	user TEXT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	spent_at DOUBLE, 
	ends_at DOUBLE NOT NULL, 
	revoked_at DOUBLE, 
	PRIMARY KEY (id), 
	UNIQUE (code_hash), 
	FOREIGN KEY(user) REFERENCES auth_users (id)
);
CREATE TABLE "auth_identities" (
	id TEXT NOT NULL, 
	user TEXT NOT NULL, 
	sealed BLOB NOT NULL, 
	created_at DOUBLE NOT NULL, 
	used_at DOUBLE NOT NULL, grant BLOB, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user) REFERENCES auth_users (id)
);
CREATE TABLE auth_links (
	id TEXT NOT NULL, 
	secret_hash TEXT NOT NULL, 
	user TEXT, 
	role INTEGER NOT NULL, 
	judge TEXT, 
	made_by TEXT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	spent_at DOUBLE, 
	PRIMARY KEY (id), 
	UNIQUE (secret_hash), 
	FOREIGN KEY(user) REFERENCES auth_users (id)
);
INSERT INTO "auth_links" VALUES('link-f0712d2b6cc8574492a70868','fb6f7e1382046a205ddf3393718ea80fde8450b0a6d2d63c67125e6596095ba9','local-admin',3,NULL,'local-admin',1800000000.0,1800000600.0,1800000000.0);
CREATE TABLE auth_refresh (
	hash TEXT NOT NULL, 
	grant TEXT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	used_at DOUBLE, 
	successor TEXT, 
	answer BLOB, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(grant) REFERENCES auth_grants (id), 
	UNIQUE (successor)
);
CREATE TABLE auth_sessions (
	id TEXT NOT NULL, 
	secret_hash TEXT NOT NULL, 
	user TEXT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	ends_at DOUBLE NOT NULL, 
	revoked_at DOUBLE, 
	PRIMARY KEY (id), 
	UNIQUE (secret_hash), 
	FOREIGN KEY(user) REFERENCES auth_users (id)
);
INSERT INTO "auth_sessions" VALUES('session-5caa282e3b50a153c2fb020a','3d01cba5c45d663b5e29b0b778fe8d9e6075633fa720652ef721b603c35c2703','local-admin',1800000000.0,1800043200.0,1801209600.0,NULL);
CREATE TABLE auth_tokens (
	id TEXT NOT NULL, 
	user TEXT NOT NULL, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	revoked_at DOUBLE, grant TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user) REFERENCES auth_users (id)
);
INSERT INTO "auth_tokens" VALUES('token-5a5ee812bc4e632d84c800f5','service-judge:anna',1800000000.0,1800000600.0,NULL,NULL);
CREATE TABLE auth_users (
	id TEXT NOT NULL, 
	role INTEGER NOT NULL, 
	judge TEXT, 
	service BOOLEAN NOT NULL, 
	created_at DOUBLE NOT NULL, 
	last_seen_at DOUBLE, 
	PRIMARY KEY (id), 
	UNIQUE (judge)
);
INSERT INTO "auth_users" VALUES('local-admin',3,NULL,0,1800000000.0,1800000000.0);
INSERT INTO "auth_users" VALUES('service-judge:anna',2,'anna',1,1800000000.0,NULL);
CREATE TABLE bench_answers (
	id INTEGER NOT NULL, 
	experiment TEXT NOT NULL, 
	round TEXT NOT NULL, 
	judge TEXT NOT NULL, 
	item TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	saved_at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	state TEXT DEFAULT 'saved' NOT NULL, 
	batch TEXT, 
	withdrawn_at TEXT, 
	restores INTEGER, 
	PRIMARY KEY (id)
);
CREATE TABLE bench_launches (
	actor TEXT NOT NULL, 
	op TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	experiment TEXT NOT NULL, 
	run_id TEXT, 
	state TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (actor, op, "key")
);
CREATE TABLE bench_uploads (
	token_hash TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	role INTEGER NOT NULL, 
	experiment TEXT NOT NULL, 
	judge TEXT, 
	size BIGINT NOT NULL, 
	expires_at FLOAT NOT NULL, 
	consumed_at FLOAT, 
	sha256 TEXT, 
	PRIMARY KEY (token_hash)
);
CREATE TABLE bench_webhooks (
	endpoint TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	receipt TEXT NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (endpoint, message_id)
);
CREATE TABLE events_dead (
	consumer TEXT NOT NULL, 
	id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	user TEXT, 
	body BLOB NOT NULL, 
	error TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (consumer, id)
);
CREATE TABLE events_inbox (
	position INTEGER NOT NULL, 
	consumer TEXT NOT NULL, 
	id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	user TEXT, 
	state TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	not_before DOUBLE NOT NULL, 
	received_at DOUBLE NOT NULL, 
	body BLOB, 
	PRIMARY KEY (position), 
	CONSTRAINT uq_events_inbox_consumer_id UNIQUE (consumer, id)
);
CREATE TABLE events_outbox (
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	user TEXT, 
	body BLOB NOT NULL, 
	created_at DOUBLE NOT NULL, 
	sent_at DOUBLE, 
	PRIMARY KEY (position), 
	UNIQUE (id)
);
INSERT INTO "events_outbox" VALUES(1,'dba5847d-7e49-41ac-9256-90c6c6094fde','consent.changed.v1','local-admin',X'7B227370656376657273696F6E223A22312E30222C226964223A2264626135383437642D376534392D343161632D393235362D393063366336303934666465222C22736F75726365223A222F70726F66696C65222C2274797065223A22636F6E73656E742E6368616E6765642E7631222C2274696D65223A22323032372D30312D31355430383A30303A30302E3030303030302B30303A3030222C2275736572223A226C6F63616C2D61646D696E222C227365616C6564223A747275652C2264617461636F6E74656E7474797065223A226170706C69636174696F6E2F6A736F6E222C22646174615F626173653634223A224162796E51622B416771326159543956567745454C504373306F634E75324C57454571774D6E37624D45326854366E797A314C36783348303042696A796B424B44734C34656E377546334E5A3670666E6D46424C6E4B626F31466D78452F3249424246586C746C4A796148394E513D3D227D',1800000000.0,NULL);
CREATE TABLE events_signals (
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	user TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (id)
);
CREATE TABLE gateway_replies (
	user TEXT NOT NULL, 
	route TEXT NOT NULL, 
	key_hash TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	answer BLOB, 
	PRIMARY KEY (user, route, key_hash)
);
CREATE TABLE profile_consents (
	position INTEGER NOT NULL, 
	user TEXT, 
	pseudonym TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	given BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	text_hash TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	previous TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	erased_at DOUBLE, 
	PRIMARY KEY (position), 
	CONSTRAINT uq_profile_consents_pseudonym_number UNIQUE (pseudonym, number)
);
INSERT INTO "profile_consents" VALUES(1,'local-admin','1d76193ae1528301cdd1ddc8787afd53f73e8ed0a2faa34e378234675f286402',1,'external-model',1,1,'c6e6b77af36796cbde2d4007fcc3aa675ef80cf113810dfcf777699e93594210','web',1800000000.0,'0000000000000000000000000000000000000000000000000000000000000000','9c810961f592288a60ffba848f2db6066ee970bbcee14159c7bc41827f782aaf',NULL);
CREATE TABLE profile_erasures (
	id TEXT NOT NULL, 
	user TEXT, 
	pseudonym TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	modules JSON NOT NULL, 
	requested_at DOUBLE NOT NULL, 
	asked_at DOUBLE NOT NULL, 
	done_at DOUBLE, 
	scrubbed_at DOUBLE, grants TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (user)
);
CREATE TABLE profile_profiles (
	user TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	updated_at DOUBLE NOT NULL, 
	PRIMARY KEY (user)
);
INSERT INTO "profile_profiles" VALUES('local-admin',1,X'0188BE24B8DCCE651CD745DE4417E10023B900B4D072EED20C98173E47A63F1CCFC324650832BF5F82B715791C41B7547FA212BFE2290CA51BA2314044A96B889F2F3F4441DB7AC15C101C9F401F5773080D895FB197C0461E46C54845535A592F46FFD888BD8883E2202EF01F3DECA0FE3FCF23ACB7A0BE35F02B41E9B159E92C889D46C8D51420BC68F17B29610D6389761F9263DB9E35F58C42AE8853004E2A92E3A4CC0957F7A9C04631DF4DA45A8DB2A96C16C5935BC2CB8F057B16F4282670AD980E504D601C5E0B8FFC7C73245D9F64158D8DBA9A05FF5494C97CF60F34F958FFD197809A22F60F6EBBD649A857C8D7EC403FA3A9A28C2437218758DAE9AAFCAFC39FFB62B161DBAB1D70A0D0D9CC1E90318B8456DC8CBCCEFA32BF6889DC4133EB0D3D4AA9B55E1767B11C816E7B56E9DCFEF5C6584200C0F0CE9431D262530A0D5C5A3E89321AFEED99D76E90121EF1E1',1800000000.0);
CREATE TABLE profile_receipts (
	erasure TEXT NOT NULL, 
	module TEXT NOT NULL, 
	rows INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (erasure, module), 
	FOREIGN KEY(erasure) REFERENCES profile_erasures (id)
);
CREATE INDEX ix_profile_consents_user_purpose ON profile_consents (user, purpose);
CREATE INDEX ix_profile_consents_erased_at ON profile_consents (erased_at);
CREATE INDEX ix_profile_erasures_pseudonym ON profile_erasures (pseudonym);
CREATE INDEX ix_profile_erasures_done_at ON profile_erasures (done_at);
CREATE INDEX ix_gateway_replies_at ON gateway_replies (at);
CREATE INDEX ix_events_outbox_unsent ON events_outbox (position) WHERE sent_at IS NULL;
CREATE INDEX ix_events_outbox_sent_at ON events_outbox (sent_at);
CREATE INDEX ix_events_outbox_user ON events_outbox (user);
CREATE INDEX ix_events_inbox_waiting ON events_inbox (consumer, position) WHERE state = 'waiting';
CREATE INDEX ix_events_inbox_received_at ON events_inbox (received_at);
CREATE INDEX ix_events_inbox_user ON events_inbox (user);
CREATE INDEX ix_events_dead_at ON events_dead (at);
CREATE INDEX ix_events_dead_user ON events_dead (user);
CREATE INDEX ix_events_signals_at ON events_signals (at);
CREATE INDEX ix_events_signals_user_at ON events_signals (user, at);
CREATE INDEX ix_auth_sessions_user ON auth_sessions (user);
CREATE INDEX ix_auth_tokens_user ON auth_tokens (user);
CREATE INDEX ix_auth_links_judge ON auth_links (judge);
CREATE INDEX ix_auth_links_made_by ON auth_links (made_by);
CREATE INDEX ix_auth_attempts_expires_at ON auth_attempts (expires_at);
CREATE INDEX ix_auth_identities_user ON auth_identities (user);
CREATE INDEX ix_auth_grants_user ON auth_grants (user);
CREATE INDEX ix_auth_grants_ends_at ON auth_grants (ends_at);
CREATE INDEX ix_auth_refresh_grant ON auth_refresh (grant);
CREATE INDEX ix_auth_refresh_expires_at ON auth_refresh (expires_at);
CREATE INDEX ix_auth_tokens_grant ON auth_tokens (grant);
CREATE INDEX ix_bench_launches_at ON bench_launches (at);
CREATE INDEX ix_bench_answers_item ON bench_answers (experiment, judge, item);
CREATE INDEX ix_bench_answers_state ON bench_answers (state, experiment);
CREATE INDEX ix_bench_webhooks_at ON bench_webhooks (at);
CREATE INDEX ix_audit_entries_actor ON audit_entries (actor);
CREATE INDEX ix_audit_entries_target ON audit_entries (target);
COMMIT;
