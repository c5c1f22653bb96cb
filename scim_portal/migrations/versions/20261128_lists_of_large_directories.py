"""lists of large directories: search terms, orders by name and time, and priorities that admins give

Revision ID: 5b1f0c7e9a42
Revises: 6b1d0c52a7e4
Create Date: 2026-11-28 15:55:00.000000

"""
import json

from alembic import op
import sqlalchemy as sa

from scim_portal.services import name_terms


# revision identifiers, used by Alembic.
revision = '5b1f0c7e9a42'
down_revision = '6b1d0c52a7e4'
branch_labels = None
depends_on = None

BATCH = 1000
KEY = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')


def _fill_terms():
    """Index the names that are stored already, a thousand users at a time."""
    connection = op.get_bind()
    users = sa.table('user_account', sa.column('portal_id'), sa.column('id'), sa.column('document'))
    terms = sa.table('name_term', sa.column('portal_id'), sa.column('user_id'), sa.column('term'))
    place = sa.tuple_(users.c.portal_id, users.c.id)
    query = sa.select(users).order_by(users.c.portal_id, users.c.id).limit(BATCH)
    rows = connection.execute(query).all()
    while rows:
        found = [
            one for portal, user, document in rows for one in name_terms.rows(portal, user, json.loads(document))
        ]
        if found:
            connection.execute(terms.insert(), found)
        rows = connection.execute(query.where(place > sa.tuple_(rows[-1].portal_id, rows[-1].id))).all()


def _where(text):
    return {'sqlite_where': sa.text(text), 'postgresql_where': sa.text(text)}


def upgrade():
    op.create_table('name_term',
    sa.Column('portal_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('term', KEY, nullable=False),
    sa.ForeignKeyConstraint(['portal_id', 'user_id'], ['user_account.portal_id', 'user_account.id'], name=op.f('fk_name_term_portal_id_user_id')),
    sa.PrimaryKeyConstraint('portal_id', 'user_id', 'term', name=op.f('pk_name_term'))
    )
    _fill_terms()
    op.create_index(op.f('ix_name_term_portal_id_term_user_id'), 'name_term', ['portal_id', 'term', 'user_id'])
    op.drop_index('ix_user_account_deleted_name', table_name='user_account')
    op.create_index('ix_user_account_name', 'user_account', ['portal_id', 'user_name_folded', 'id', 'active', 'deleted_at', 'connector_id'])
    gone = 'active = 0 OR deleted_at IS NOT NULL' if op.get_bind().dialect.name == 'sqlite' else 'NOT active OR deleted_at IS NOT NULL'
    op.create_index('ix_user_account_gone', 'user_account', ['portal_id', 'user_name_folded', 'id'], **_where(gone))
    op.create_index('ix_seat_entry_at', 'seat_entry', ['portal_id', 'at', 'id'])
    op.create_index('ix_seat_entry_type_at', 'seat_entry', ['portal_id', 'license_type', 'at', 'id'])
    op.drop_index('ix_provisioning_entry_resource', table_name='provisioning_entry')
    op.create_index('ix_provisioning_entry_resource', 'provisioning_entry', ['portal_id', 'resource_id', 'id'])
    op.create_index('ix_provisioning_entry_at', 'provisioning_entry', ['portal_id', 'at', 'id'])
    op.create_index('ix_provisioning_entry_failed', 'provisioning_entry', ['portal_id', 'id'], **_where('status >= 400'))
    op.add_column('ticket', sa.Column('given_priority', sa.Integer(), nullable=True))


def downgrade():
    op.drop_column('ticket', 'given_priority')
    op.drop_index('ix_provisioning_entry_failed', table_name='provisioning_entry')
    op.drop_index('ix_provisioning_entry_at', table_name='provisioning_entry')
    op.drop_index('ix_provisioning_entry_resource', table_name='provisioning_entry')
    op.create_index('ix_provisioning_entry_resource', 'provisioning_entry', ['portal_id', 'resource_id'])
    op.drop_index('ix_seat_entry_type_at', table_name='seat_entry')
    op.drop_index('ix_seat_entry_at', table_name='seat_entry')
    op.drop_index('ix_user_account_gone', table_name='user_account')
    op.drop_index('ix_user_account_name', table_name='user_account')
    op.create_index('ix_user_account_deleted_name', 'user_account', ['portal_id', 'user_name_folded', 'deleted_at'])
    op.drop_index(op.f('ix_name_term_portal_id_term_user_id'), table_name='name_term')
    op.drop_table('name_term')
