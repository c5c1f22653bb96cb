"""held seats in the ledger, and retired license types

Revision ID: 5c1e7a90d2b4
Revises: 249c2239f8b3
Create Date: 2026-11-28 16:00:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '5c1e7a90d2b4'
down_revision = '249c2239f8b3'
branch_labels = None
depends_on = None


def _fill_held():
    """Count what was held after each entry that is there already: the ledger says who began and who ceased to be held."""
    op.execute(
        "UPDATE seat_entry SET held_after = counted.held FROM ("
        " SELECT portal_id, id, SUM(CASE WHEN to_state = 'held' THEN 1 ELSE 0 END"
        " - CASE WHEN from_state = 'held' THEN 1 ELSE 0 END)"
        " OVER (PARTITION BY portal_id, license_type ORDER BY number) AS held FROM seat_entry) AS counted"
        " WHERE counted.portal_id = seat_entry.portal_id AND counted.id = seat_entry.id"
    )


def upgrade():
    with op.batch_alter_table('seat_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_after', sa.Integer(), nullable=True))
    with op.batch_alter_table('license_type', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))
    _fill_held()


def downgrade():
    with op.batch_alter_table('license_type', schema=None) as batch_op:
        batch_op.drop_column('retired_at')
    with op.batch_alter_table('seat_entry', schema=None) as batch_op:
        batch_op.drop_column('held_after')
