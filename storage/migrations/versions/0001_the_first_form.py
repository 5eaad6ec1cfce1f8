"""The first form"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('carry_codes',
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_carry_codes')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_carry_codes_code_hash')),
    comment='The code by which another browser takes a conversation of the web chat up, one at a time; only a keyed hash of it is kept. It goes with its use.'
    )
    with op.batch_alter_table('carry_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_carry_codes_expires_at'), ['expires_at'], unique=False)

    op.create_table('catalogue_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_versions')),
    comment='Each catalogue file from the moment on at which it was in use, packed by zlib and append-only, so that what was shown on a day can be proven.'
    )
    with op.batch_alter_table('catalogue_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_catalogue_versions_at'), ['at'], unique=False)

    op.create_table('channel_facts',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('value', sa.String(length=512), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'name', name=op.f('pk_channel_facts')),
    comment="What a platform told of itself, for other processes to read: when it was last heard, what is left of a package, what keeps it from working. Never a secret, never a person's."
    )
    op.create_table('credentials',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('access', sa.LargeBinary(), nullable=True),
    sa.Column('refresh', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('renewed_at', sa.BigInteger(), nullable=True),
    sa.Column('lease', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_credentials')),
    comment='Rotating tokens of platforms, sealed, and the lease of the process that renews them.'
    )
    op.create_table('dossiers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('from_import', sa.BigInteger(), nullable=False),
    sa.Column('until_import', sa.BigInteger(), server_default='9007199254740992', nullable=False),
    sa.Column('fingerprint', sa.String(length=32), nullable=False),
    sa.Column('factor', sa.String(length=64), server_default='', nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('field', sa.String(length=128), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('online', sa.Boolean(), nullable=True),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.Column('details', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossiers')),
    comment='Dossiers of the one-stop system, a row for each version: it holds from one import until another, so that an import shows at once and whole. Names and procedure are sealed; of the telephone only a keyed hash of its last four digits is kept.'
    )
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossiers_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_dossiers_due_at'), ['due_at'], unique=False)
        batch_op.create_index('ix_dossiers_ended', ['until_import'], unique=False, sqlite_where=sa.text('until_import < 9007199254740992'), postgresql_where=sa.text('until_import < 9007199254740992'))
        batch_op.create_index(batch_op.f('ix_dossiers_finished_at'), ['finished_at'], unique=False)

    op.create_table('evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('person', sa.String(length=32), server_default='', nullable=False),
    sa.Column('about', sa.String(length=64), server_default='', nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('place', sa.String(length=32), server_default='', nullable=False),
    sa.Column('value', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    comment='What happened, append-only: never words, names or telephone numbers; the person is a keyed pseudonym. The day is Asia/Ho_Chi_Minh.'
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_day'), ['day'], unique=False)

    op.create_table('evidence_counts',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'kind', 'unit', name=op.f('pk_evidence_counts')),
    comment='The daily counts of evidence, kept in the same transaction; total adds up the values.'
    )
    op.create_table('evidence_seals',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('rows', sa.BigInteger(), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('sealed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_evidence_seals')),
    comment="A hash over each past day's evidence and the seal of the day before."
    )
    op.create_table('household_answers',
    sa.Column('question', sa.String(length=32), nullable=False),
    sa.Column('village', sa.String(length=64), nullable=False),
    sa.Column('household', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('answered_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('question', 'village', 'household', name=op.f('pk_household_answers')),
    comment='One answer of each household to one question; the household is a keyed hash.'
    )
    op.create_table('media',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('mime', sa.String(length=128), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('kept_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_media')),
    comment='Files that are kept, under VAR_DIR/media by the hash of their content.'
    )
    op.create_table('people',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('language', sa.String(length=8), server_default='', nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('called', sa.LargeBinary(), nullable=True),
    sa.Column('step', sa.String(length=64), server_default='', nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.Column('offered', sa.LargeBinary(), nullable=True),
    sa.Column('last_message_at', sa.BigInteger(), nullable=True),
    sa.Column('gone_at', sa.BigInteger(), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('human_until', sa.BigInteger(), nullable=True),
    sa.Column('blocked_until', sa.BigInteger(), nullable=True),
    sa.Column('minute_began', sa.BigInteger(), nullable=True),
    sa.Column('minute_messages', sa.Integer(), server_default='0', nullable=False),
    sa.Column('waiting_since', sa.BigInteger(), nullable=True),
    sa.Column('lease', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.BigInteger(), nullable=True),
    sa.Column('joined_to', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('channel', 'address', name=op.f('uq_people_channel_address')),
    comment='Everybody who ever wrote, one row for each address: what the platform calls them, and what they asked to be called, where they are in a conversation, what was last offered to them, the number they left, until when an official talks to them by hand or nothing is taken of them, how many messages came in their last minute, and the lease under which the oldest is handled. Rows with the same joined_to, the number of one of them, are one human being.'
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index('ix_people_joined', ['joined_to'], unique=False, sqlite_where=sa.text('joined_to IS NOT NULL'), postgresql_where=sa.text('joined_to IS NOT NULL'))
        batch_op.create_index('ix_people_waiting', ['waiting_since', 'id'], unique=False, sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))

    op.create_table('publications',
    sa.Column('subject', sa.String(length=32), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('first_day', sa.String(length=10), nullable=False),
    sa.Column('changed_day', sa.String(length=10), nullable=False),
    sa.Column('last_day', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_publications')),
    comment='What the commune publishes: since when, when it last changed, and the last day on which the pages showed it. Days are Asia/Ho_Chi_Minh.'
    )
    op.create_table('survey_answers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('survey', sa.String(length=32), nullable=False),
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('question', sa.String(length=32), nullable=False),
    sa.Column('choice', sa.String(length=32), nullable=False),
    sa.Column('value', sa.Integer(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answers')),
    comment='Answers to surveys, a row for each choice, without a person or a time.'
    )
    with op.batch_alter_table('survey_answers', schema=None) as batch_op:
        batch_op.create_index('ix_survey_answers_survey', ['survey', 'round'], unique=False)

    op.create_table('survey_takers',
    sa.Column('survey', sa.String(length=32), nullable=False),
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('taker', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('survey', 'round', 'taker', name=op.f('pk_survey_takers')),
    comment='Who has answered a survey in a round, as a keyed hash; nothing leads from here to the answers.'
    )
    op.create_table('apologies',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('new_due_at', sa.BigInteger(), nullable=True),
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('leader_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('approved_at', sa.BigInteger(), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['hash'], ['media.hash'], name=op.f('fk_apologies_hash')),
    sa.ForeignKeyConstraint(['leader_id'], ['people.id'], name=op.f('fk_apologies_leader_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['people.id'], name=op.f('fk_apologies_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_apologies')),
    sa.UniqueConstraint('code', name=op.f('uq_apologies_code')),
    comment='The one apology of a late dossier. States: 0 draft, 1 laid before the leader, 2 approved, 3 sent.'
    )
    with op.batch_alter_table('apologies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_apologies_state'), ['state'], unique=False)

    op.create_table('desk_sessions',
    sa.Column('link_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('link_until', sa.BigInteger(), nullable=False),
    sa.Column('session_hash', sa.String(length=64), nullable=True),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_desk_sessions_person_id')),
    sa.PrimaryKeyConstraint('link_hash', name=op.f('pk_desk_sessions')),
    sa.UniqueConstraint('session_hash', name=op.f('uq_desk_sessions_session_hash')),
    comment='Links that open the desk in a browser, once each, and the sessions they opened; only keyed hashes are kept.'
    )
    with op.batch_alter_table('desk_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_desk_sessions_person_id'), ['person_id'], unique=False)

    op.create_table('dossier_followers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('proven_at', sa.BigInteger(), nullable=False),
    sa.Column('following', sa.Boolean(), nullable=False),
    sa.Column('told', sa.String(length=64), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_dossier_followers_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_followers')),
    sa.UniqueConstraint('code', 'person_id', name=op.f('uq_dossier_followers_code_person_id')),
    comment='Who has proven that a dossier is theirs, whether they follow it, and what they were told last.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('dossier_followers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_followers_person_id'), ['person_id'], unique=False)

    op.create_table('dossier_imports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('beat_at', sa.BigInteger(), nullable=False),
    sa.Column('as_of', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('after_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('rows', sa.Integer(), server_default='0', nullable=False),
    sa.Column('new', sa.Integer(), server_default='0', nullable=False),
    sa.Column('changed', sa.Integer(), server_default='0', nullable=False),
    sa.Column('gone', sa.Integer(), server_default='0', nullable=False),
    sa.Column('covers_from', sa.BigInteger(), nullable=True),
    sa.Column('covers_to', sa.BigInteger(), nullable=True),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_dossier_imports_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_imports')),
    comment='Every import of an export. States: 0 under way, 1 done: the last of these is what readers see; 2 dropped.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('dossier_imports', schema=None) as batch_op:
        batch_op.create_index('ix_dossier_imports_state', ['state', 'id'], unique=False)
        batch_op.create_index('ix_dossier_imports_under_way', ['state'], unique=True, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.create_table('dossier_tries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('nth', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('failed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_dossier_tries_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_tries')),
    sa.UniqueConstraint('code_hash', 'nth', name=op.f('uq_dossier_tries_code_hash_nth')),
    comment='Who gave the second factor for a code and whether it was right; two at once for one code cannot both be the nth, so that guesses are counted however many people share them.'
    )
    with op.batch_alter_table('dossier_tries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_tries_person_id'), ['person_id'], unique=False)

    op.create_table('filed_evidence',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('component', sa.String(length=32), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('filed_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_filed_evidence_decided_by')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_filed_evidence_person_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_filed_evidence')),
    comment='Evidence that people file by hand for a component; the day is the one it counts for. States: 0 waits for confirmation, 1 confirmed, 2 sent back.'
    )
    with op.batch_alter_table('filed_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filed_evidence_day'), ['day'], unique=False)
        batch_op.create_index('ix_filed_evidence_waiting', ['filed_at'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.create_table('handovers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_handovers_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    comment='What an officer tells whoever is on duty next in the unit.'
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handovers_unit'), ['unit'], unique=False)

    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('accepted_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('body_key', sa.LargeBinary(), nullable=True),
    sa.Column('handled_at', sa.BigInteger(), nullable=True),
    sa.Column('error', sa.String(length=256), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_inbox_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('channel', 'key', name=op.f('uq_inbox_channel_key')),
    comment='Every message received, sealed under a key of its own that goes with the body when it was handled. States: 0 waiting, 1 handled, 2 set aside.'
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_over', ['accepted_at'], unique=False, sqlite_where=sa.text('state != 0'), postgresql_where=sa.text('state != 0'))
        batch_op.create_index('ix_inbox_set_aside', ['id'], unique=False, sqlite_where=sa.text('state = 2'), postgresql_where=sa.text('state = 2'))
        batch_op.create_index('ix_inbox_waiting', ['person_id', 'id'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.create_table('invite_tries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_invite_tries_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invite_tries')),
    comment='Wrong codes that a person tried, of invitations and of joining, to stop guessing.'
    )
    with op.batch_alter_table('invite_tries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invite_tries_person_id'), ['person_id'], unique=False)

    op.create_table('invites',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.Column('used_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['used_by'], ['people.id'], name=op.f('fk_invites_used_by')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_invites')),
    comment='Single-use invitations to a role; only a keyed hash of the code is kept.'
    )
    op.create_table('join_codes',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_join_codes_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_join_codes')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_join_codes_code_hash')),
    comment='The code by which a person may join another channel of theirs to this one, one at a time; only a keyed hash of it is kept. It goes with its use.'
    )
    op.create_table('judgements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('component', sa.String(length=32), nullable=False),
    sa.Column('first_day', sa.String(length=10), nullable=False),
    sa.Column('last_day', sa.String(length=10), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('due', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_judgements_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgements')),
    comment='What a person decided about a period, append-only, of which the newest counts: the score of a component in hundredths with the reason, or a task of the next period.'
    )
    with op.batch_alter_table('judgements', schema=None) as batch_op:
        batch_op.create_index('ix_judgements_period', ['first_day', 'last_day'], unique=False)

    op.create_table('notices',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('audience', sa.String(length=64), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('drafted_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('approved_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('starts_at', sa.BigInteger(), nullable=True),
    sa.Column('reached', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('written', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_notices_approved_by')),
    sa.ForeignKeyConstraint(['drafted_by'], ['people.id'], name=op.f('fk_notices_drafted_by')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_notices')),
    comment='What is sent to many: text, to whom, and up to which person its letters are written.'
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_fingerprint'), ['fingerprint'], unique=False)

    op.create_table('official_letters',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('occasion', sa.String(length=64), nullable=True),
    sa.Column('fields', sa.LargeBinary(), nullable=False),
    sa.Column('ticket', sa.String(length=16), server_default='', nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('drafted_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('pdf', sa.String(length=64), nullable=True),
    sa.Column('picture', sa.String(length=64), nullable=True),
    sa.Column('word', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_official_letters_decided_by')),
    sa.ForeignKeyConstraint(['drafted_by'], ['people.id'], name=op.f('fk_official_letters_drafted_by')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_official_letters_person_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_official_letters')),
    sa.UniqueConstraint('occasion', name=op.f('uq_official_letters_occasion')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_official_letters_year_number')),
    comment='The register of letters: drafts, and what a leader approved, with number and files. The occasion is a keyed hash; it is empty only where a draft was turned down.'
    )
    with op.batch_alter_table('official_letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_official_letters_state'), ['state'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('priority', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('parts_sent', sa.Integer(), server_default='0', nullable=False),
    sa.Column('lease', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(length=256), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('delivered_at', sa.BigInteger(), nullable=True),
    sa.Column('seen_at', sa.BigInteger(), nullable=True),
    sa.Column('ticket', sa.String(length=16), nullable=True),
    sa.Column('purpose', sa.String(length=24), server_default='', nullable=False),
    sa.Column('report_to', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['report_to'], ['people.id'], name=op.f('fk_outbox_report_to')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    comment='Every letter to be sent and what became of it. States: 0 waiting, 1 sent, 2 failed, 3 held until the person writes, 4 unknown; priority 0 is conversation, 1 is bulk.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_bulk', ['ticket', 'state'], unique=False, sqlite_where=sa.text('priority = 1'), postgresql_where=sa.text('priority = 1'))
        batch_op.create_index('ix_outbox_held', ['channel', 'address'], unique=False, sqlite_where=sa.text('state = 3'), postgresql_where=sa.text('state = 3'))
        batch_op.create_index('ix_outbox_lane', ['channel', 'address', 'id'], unique=False)
        batch_op.create_index('ix_outbox_ticket', ['ticket'], unique=False, sqlite_where=sa.text('ticket IS NOT NULL'), postgresql_where=sa.text('ticket IS NOT NULL'))
        batch_op.create_index('ix_outbox_waiting', ['channel', 'address', 'priority', 'id'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.create_index('ix_outbox_worded', ['created_at'], unique=False, sqlite_where=sa.text('body IS NOT NULL'), postgresql_where=sa.text('body IS NOT NULL'))

    op.create_table('questions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('nearest', sa.String(length=64), server_default='', nullable=False),
    sa.Column('times', sa.Integer(), server_default='1', nullable=False),
    sa.Column('first_at', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('settled_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['settled_by'], ['people.id'], name=op.f('fk_questions_settled_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions')),
    sa.UniqueConstraint('digest', name=op.f('uq_questions_digest')),
    comment='Questions that no guide answered, sealed, without whose they are; the same one asked again is counted. States: 0 open, 1 leads to a procedure now, 2 let go.'
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_questions_state'), ['state'], unique=False)

    op.create_table('erasures',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_erasures_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures')),
    comment='Who asked that their data be erased, a row for each address, with the ticket of the request; done_at is when nothing of them was left.'
    )
    with op.batch_alter_table('erasures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasures_person_id'), ['person_id'], unique=False)

    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('act', sa.String(length=64), nullable=False),
    sa.Column('about', sa.String(length=64), server_default='', nullable=False),
    sa.Column('channel', sa.String(length=16), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_audit_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    comment='Every act of an official and every look of theirs at personal data, append-only: by which handler, page or command, about which code; never words. No person: the command line, or a file opened by its link.'
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_about', ['about', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_at'), ['at'], unique=False)

    op.create_table('consents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.Column('given_at', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_consents_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
    comment='What a person agreed to and when, by the version of the text that they were shown, and when they took it back.'
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consents_person_id'), ['person_id'], unique=False)

    op.create_table('access_links',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_access_links_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_access_links')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_access_links_code_hash')),
    comment='The link by which a person reads what is held about them, one at a time; only a keyed hash of it is kept.'
    )
    op.create_table('report_orders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('period', sa.String(length=32), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('png', sa.String(length=64), nullable=True),
    sa.Column('docx', sa.String(length=64), nullable=True),
    sa.Column('xlsx', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['docx'], ['media.hash'], name=op.f('fk_report_orders_docx')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_report_orders_person_id')),
    sa.ForeignKeyConstraint(['png'], ['media.hash'], name=op.f('fk_report_orders_png')),
    sa.ForeignKeyConstraint(['xlsx'], ['media.hash'], name=op.f('fk_report_orders_xlsx')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_orders')),
    comment='Documents of a report that somebody asked for in the chat. States: 0 to be made, 1 made, 2 cannot be made.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('report_orders', schema=None) as batch_op:
        batch_op.create_index('ix_report_orders_waiting', ['due_at'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.create_table('roles',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.Column('on_duty_since', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_roles_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roles')),
    comment='Who may do what: officer, staff, leader, admin; several add up; the official name by which a colleague is told who has a ticket.'
    )
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roles_person_id'), ['person_id'], unique=False)

    op.create_table('sent_files',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('ref', sa.LargeBinary(), nullable=True),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sent_files_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sent_files')),
    comment='Files that a person sent to be read and not kept: exports, photographed receipts. States: 0 to be fetched, 1 looked at, 2 to be imported, 3 done with.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('sent_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sent_files_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_sent_files_waiting', ['due_at'], unique=False, sqlite_where=sa.text('state != 3'), postgresql_where=sa.text('state != 3'))

    op.create_table('shifts',
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=True),
    sa.Column('day', sa.String(length=10), server_default='', nullable=False),
    sa.Column('begins', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('volunteer', sa.Boolean(), nullable=False),
    sa.Column('replaces', sa.String(length=8), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_shifts_person_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_shifts')),
    comment='The roster: a shift of every week, or of one date, which may replace a weekly one; an empty name is nobody. Minutes from midnight, Asia/Ho_Chi_Minh. Names on duty are public.'
    )
    op.create_table('subscriptions',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_subscriptions_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'topic', name=op.f('pk_subscriptions')),
    comment='What a person said yes to being sent; what is not here was never agreed to.'
    )
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.create_index('ix_subscriptions_topic', ['topic', 'person_id'], unique=False)

    op.create_table('tickets',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('category', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('level', sa.Integer(), server_default='0', nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('anonymous', sa.Boolean(), nullable=False),
    sa.Column('place', sa.LargeBinary(), nullable=True),
    sa.Column('village', sa.String(length=64), server_default='', nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('assignee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('urgency', sa.String(length=16), server_default='normal', nullable=False),
    sa.Column('respond_by', sa.BigInteger(), nullable=True),
    sa.Column('responded_at', sa.BigInteger(), nullable=True),
    sa.Column('forward_by', sa.BigInteger(), nullable=True),
    sa.Column('waiting_since', sa.BigInteger(), nullable=True),
    sa.Column('due_before', sa.BigInteger(), nullable=True),
    sa.Column('waited', sa.Integer(), server_default='0', nullable=False),
    sa.Column('duplicate_of', sa.String(length=16), nullable=True),
    sa.ForeignKeyConstraint(['assignee_id'], ['people.id'], name=op.f('fk_tickets_assignee_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_tickets_person_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_tickets')),
    comment='A matter that a person brought and the commune answers; its words and history follow. While the citizen is waited for, due_at is the latest deadline that the wait may lead to and due_before the one it began with; waited is the working minutes of earlier waits.'
    )
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tickets_answered_at'), ['answered_at'], unique=False)
        batch_op.create_index('ix_tickets_desk', ['unit', 'state', 'due_at'], unique=False)
        batch_op.create_index('ix_tickets_duplicates', ['duplicate_of'], unique=False, sqlite_where=sa.text('duplicate_of IS NOT NULL'), postgresql_where=sa.text('duplicate_of IS NOT NULL'))
        batch_op.create_index('ix_tickets_free', ['due_at', 'received_at', 'code'], unique=False, sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"))
        batch_op.create_index('ix_tickets_free_of_unit', ['unit', 'due_at', 'received_at', 'code'], unique=False, sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"))
        batch_op.create_index('ix_tickets_held', ['assignee_id', 'due_at', 'received_at', 'code'], unique=False, sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.create_index('ix_tickets_open', ['due_at', 'received_at', 'code'], unique=False, sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.create_index('ix_tickets_open_of_unit', ['unit', 'due_at', 'received_at', 'code'], unique=False, sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.create_index(batch_op.f('ix_tickets_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tickets_received_at'), ['received_at'], unique=False)

    op.create_table('timers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_timers_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timers')),
    sa.UniqueConstraint('name', 'subject', name=op.f('uq_timers_name_subject')),
    comment='What falls due later; when it does it becomes an inbox message of its person.',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timers_due_at'), ['due_at'], unique=False)

    op.create_table('weeks',
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=False),
    sa.Column('published_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['published_by'], ['people.id'], name=op.f('fk_weeks_published_by')),
    sa.PrimaryKeyConstraint('kind', 'week', name=op.f('pk_weeks')),
    comment='The weekly calendar and the reception schedule, the newest text of each week; the week is named by its Monday.'
    )
    op.create_table('aliases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('added_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('dropped_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['people.id'], name=op.f('fk_aliases_added_by')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_aliases_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aliases')),
    comment='Everyday names of procedures that officers added, beside those of the catalogue file.',
    sqlite_autoincrement=True
    )
    op.create_table('initiatives',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('decision', sa.LargeBinary(), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['people.id'], name=op.f('fk_initiatives_changed_by')),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_initiatives_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_initiatives')),
    comment="How far the assessment of a citizen's initiative is; the ticket has its words."
    )
    op.create_table('outbox_parts',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('external_id', sa.String(length=128), nullable=False),
    sa.Column('letter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['outbox.id'], name=op.f('fk_outbox_parts_letter_id')),
    sa.PrimaryKeyConstraint('channel', 'address', 'external_id', name=op.f('pk_outbox_parts')),
    comment="The platform's id of each part of a sent letter, so that an answer to it, its receipt and its echo are known."
    )
    with op.batch_alter_table('outbox_parts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_parts_letter_id'), ['letter_id'], unique=False)

    op.create_table('ticket_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.String(length=24), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('unit', sa.String(length=32), server_default='', nullable=False),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['people.id'], name=op.f('fk_ticket_events_actor_id')),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_ticket_events_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_events')),
    comment='The history of a ticket: a row for every change, with the state it led to.'
    )
    with op.batch_alter_table('ticket_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_events_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_events_code'), ['code'], unique=False)

    op.create_table('ticket_files',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=True),
    sa.Column('filed', sa.String(length=16), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('ref', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.String(length=256), nullable=True),
    sa.Column('proof', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_ticket_files_code')),
    sa.ForeignKeyConstraint(['filed'], ['filed_evidence.code'], name=op.f('fk_ticket_files_filed')),
    sa.ForeignKeyConstraint(['hash'], ['media.hash'], name=op.f('fk_ticket_files_hash')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_files')),
    comment='Photos and documents of a ticket or of an item of evidence, one of the two. States: 0 to be fetched, 1 kept, 2 not to be had.'
    )
    with op.batch_alter_table('ticket_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_files_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_files_filed'), ['filed'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_files_hash'), ['hash'], unique=False)
        batch_op.create_index('ix_ticket_files_waiting', ['due_at'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.create_table('ticket_named',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_ticket_named_code')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_ticket_named_person_id')),
    sa.PrimaryKeyConstraint('code', 'person_id', name=op.f('pk_ticket_named')),
    comment='The officials whom a ticket about conduct names: they neither see nor handle it.'
    )
    with op.batch_alter_table('ticket_named', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_named_person_id'), ['person_id'], unique=False)

    op.create_table('breaches',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('found_at', sa.BigInteger(), nullable=False),
    sa.Column('touches', sa.LargeBinary(), nullable=True),
    sa.Column('measures', sa.LargeBinary(), nullable=True),
    sa.Column('told', sa.LargeBinary(), nullable=True),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_breaches_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_breaches')),
    comment="The log of incidents with personal data, a row for each ticket of that kind: when it was found, whom it touches, what was done, what the authority was told and when. What happened stands in the ticket's words."
    )
    op.create_table('ticket_register',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_ticket_register_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_ticket_register')),
    comment='Who brought feedback on an administrative rule, as the register by law asks.'
    )
    op.create_table('ticket_words',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('message_id', sa.String(length=128), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['code'], ['tickets.code'], name=op.f('fk_ticket_words_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_words')),
    sa.UniqueConstraint('code', 'message_id', 'version', name=op.f('uq_ticket_words_code_message_id_version')),
    comment='What the person wrote about a ticket, message by message, each edit a new version.'
    )
    with op.batch_alter_table('ticket_words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_words_code'), ['code'], unique=False)
        batch_op.create_index('ix_ticket_words_message_id', ['message_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('ticket_words', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_words_message_id')
        batch_op.drop_index(batch_op.f('ix_ticket_words_code'))

    op.drop_table('ticket_words')
    op.drop_table('ticket_register')
    op.drop_table('breaches')
    with op.batch_alter_table('ticket_named', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_named_person_id'))

    op.drop_table('ticket_named')
    with op.batch_alter_table('ticket_files', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_files_waiting', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.drop_index(batch_op.f('ix_ticket_files_hash'))
        batch_op.drop_index(batch_op.f('ix_ticket_files_filed'))
        batch_op.drop_index(batch_op.f('ix_ticket_files_code'))

    op.drop_table('ticket_files')
    with op.batch_alter_table('ticket_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_events_code'))
        batch_op.drop_index(batch_op.f('ix_ticket_events_at'))

    op.drop_table('ticket_events')
    with op.batch_alter_table('outbox_parts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_parts_letter_id'))

    op.drop_table('outbox_parts')
    op.drop_table('initiatives')
    op.drop_table('aliases')
    op.drop_table('weeks')
    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timers_due_at'))

    op.drop_table('timers')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tickets_received_at'))
        batch_op.drop_index(batch_op.f('ix_tickets_person_id'))
        batch_op.drop_index('ix_tickets_open_of_unit', sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.drop_index('ix_tickets_open', sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.drop_index('ix_tickets_held', sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info')"))
        batch_op.drop_index('ix_tickets_free_of_unit', sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"))
        batch_op.drop_index('ix_tickets_free', sqlite_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"), postgresql_where=sa.text("state IN ('new', 'assigned', 'in_progress', 'need_info') AND assignee_id IS NULL"))
        batch_op.drop_index('ix_tickets_duplicates', sqlite_where=sa.text('duplicate_of IS NOT NULL'), postgresql_where=sa.text('duplicate_of IS NOT NULL'))
        batch_op.drop_index('ix_tickets_desk')
        batch_op.drop_index(batch_op.f('ix_tickets_answered_at'))

    op.drop_table('tickets')
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.drop_index('ix_subscriptions_topic')

    op.drop_table('subscriptions')
    op.drop_table('shifts')
    with op.batch_alter_table('sent_files', schema=None) as batch_op:
        batch_op.drop_index('ix_sent_files_waiting', sqlite_where=sa.text('state != 3'), postgresql_where=sa.text('state != 3'))
        batch_op.drop_index(batch_op.f('ix_sent_files_person_id'))

    op.drop_table('sent_files')
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roles_person_id'))

    op.drop_table('roles')
    with op.batch_alter_table('report_orders', schema=None) as batch_op:
        batch_op.drop_index('ix_report_orders_waiting', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))

    op.drop_table('report_orders')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_questions_state'))

    op.drop_table('questions')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_worded', sqlite_where=sa.text('body IS NOT NULL'), postgresql_where=sa.text('body IS NOT NULL'))
        batch_op.drop_index('ix_outbox_waiting', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.drop_index('ix_outbox_ticket', sqlite_where=sa.text('ticket IS NOT NULL'), postgresql_where=sa.text('ticket IS NOT NULL'))
        batch_op.drop_index('ix_outbox_lane')
        batch_op.drop_index('ix_outbox_held', sqlite_where=sa.text('state = 3'), postgresql_where=sa.text('state = 3'))
        batch_op.drop_index('ix_outbox_bulk', sqlite_where=sa.text('priority = 1'), postgresql_where=sa.text('priority = 1'))

    op.drop_table('outbox')
    with op.batch_alter_table('official_letters', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_official_letters_state'))

    op.drop_table('official_letters')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_fingerprint'))

    op.drop_table('notices')
    with op.batch_alter_table('judgements', schema=None) as batch_op:
        batch_op.drop_index('ix_judgements_period')

    op.drop_table('judgements')
    op.drop_table('join_codes')
    op.drop_table('invites')
    with op.batch_alter_table('invite_tries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invite_tries_person_id'))

    op.drop_table('invite_tries')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_waiting', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.drop_index('ix_inbox_over', sqlite_where=sa.text('state != 0'), postgresql_where=sa.text('state != 0'))
        batch_op.drop_index('ix_inbox_set_aside', sqlite_where=sa.text('state = 2'), postgresql_where=sa.text('state = 2'))

    op.drop_table('inbox')
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handovers_unit'))

    op.drop_table('handovers')
    with op.batch_alter_table('filed_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_filed_evidence_waiting', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.drop_index(batch_op.f('ix_filed_evidence_day'))

    op.drop_table('filed_evidence')
    with op.batch_alter_table('dossier_tries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_tries_person_id'))

    op.drop_table('dossier_tries')
    with op.batch_alter_table('dossier_imports', schema=None) as batch_op:
        batch_op.drop_index('ix_dossier_imports_under_way', sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
        batch_op.drop_index('ix_dossier_imports_state')

    op.drop_table('dossier_imports')
    with op.batch_alter_table('dossier_followers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossier_followers_person_id'))

    op.drop_table('dossier_followers')
    with op.batch_alter_table('desk_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_desk_sessions_person_id'))

    op.drop_table('desk_sessions')
    with op.batch_alter_table('apologies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_apologies_state'))

    op.drop_table('apologies')
    op.drop_table('survey_takers')
    with op.batch_alter_table('survey_answers', schema=None) as batch_op:
        batch_op.drop_index('ix_survey_answers_survey')

    op.drop_table('survey_answers')
    op.drop_table('publications')
    op.drop_table('access_links')
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consents_person_id'))

    op.drop_table('consents')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_at'))
        batch_op.drop_index('ix_audit_about')

    op.drop_table('audit')
    with op.batch_alter_table('erasures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasures_person_id'))

    op.drop_table('erasures')
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index('ix_people_waiting', sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
        batch_op.drop_index('ix_people_joined', sqlite_where=sa.text('joined_to IS NOT NULL'), postgresql_where=sa.text('joined_to IS NOT NULL'))

    op.drop_table('people')
    op.drop_table('media')
    op.drop_table('household_answers')
    op.drop_table('evidence_seals')
    op.drop_table('evidence_counts')
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_day'))

    op.drop_table('evidence')
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossiers_finished_at'))
        batch_op.drop_index('ix_dossiers_ended', sqlite_where=sa.text('until_import < 9007199254740992'), postgresql_where=sa.text('until_import < 9007199254740992'))
        batch_op.drop_index(batch_op.f('ix_dossiers_due_at'))
        batch_op.drop_index(batch_op.f('ix_dossiers_code'))

    op.drop_table('dossiers')
    op.drop_table('credentials')
    op.drop_table('channel_facts')
    with op.batch_alter_table('catalogue_versions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_catalogue_versions_at'))

    op.drop_table('catalogue_versions')
    with op.batch_alter_table('carry_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_carry_codes_expires_at'))

    op.drop_table('carry_codes')
