"""who touched the draft

Revision ID: 6b1d0c52a7e4
Revises: 5c1e7a90d2b4
Create Date: 2026-11-28 16:05:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '6b1d0c52a7e4'
down_revision = '5c1e7a90d2b4'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('policy_draft', schema=None) as batch_op:
        batch_op.add_column(sa.Column('touched', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))


def downgrade():
    with op.batch_alter_table('policy_draft', schema=None) as batch_op:
        batch_op.drop_column('touched')
