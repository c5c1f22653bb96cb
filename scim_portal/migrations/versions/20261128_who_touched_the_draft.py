"""who touched the draft

Revision ID: 6b1d0c52a7e4
Revises: 249c2239f8b3
Create Date: 2026-11-28 16:05:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = '6b1d0c52a7e4'
down_revision = '249c2239f8b3'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('policy_draft', schema=None) as batch_op:
        batch_op.add_column(sa.Column('touched', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))


def downgrade():
    with op.batch_alter_table('policy_draft', schema=None) as batch_op:
        batch_op.drop_column('touched')
