"""Identities by a keyed hash, with issuer and subject sealed under their user's key; those that are kept are sealed."""

import sqlalchemy as sa
from alembic import context, op

from services.auth.oidc_client.identities import identity_row

revision = "auth_0003"
down_revision = "auth_0002"
branch_labels = None
depends_on = None

SEALED = "auth_identities_sealed"


def upgrade() -> None:
    """Seal every row into a new table, which takes the place of the old one."""
    connection = op.get_bind()
    columns = 'issuer, subject, "user", created_at, used_at'
    rows = connection.execute(sa.text(f"SELECT {columns} FROM auth_identities")).all()  # noqa: S608 - no text from outside
    sealed = op.create_table(
        SEALED,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double, nullable=False),
    )
    if rows:
        given = context.config.attributes["keys"]()
        for row in rows:
            made = identity_row(given.identity_key, given.sealer, (row.issuer, row.subject), row.user)
            connection.execute(sealed.insert().values(**made, created_at=row.created_at, used_at=row.used_at))
    op.drop_table("auth_identities")
    op.rename_table(SEALED, "auth_identities")
    op.create_index("ix_auth_identities_user", "auth_identities", ["user"])
    if rows:
        context.config.attributes["mark_unclean"](connection)


def downgrade() -> None:
    """Return what was sealed stays sealed: there is no way back."""
    raise NotImplementedError("identities are not unsealed: restore a backup from before the upgrade")
