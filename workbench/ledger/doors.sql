-- What people may do to the ledger on PostgreSQL, whatever their notebook runs: decide, put off, pick routes, stop an
-- agent and let it go on, by four functions (the doors) and by nothing else. The doors run with the rights of a role that
-- nobody logs in as, know the person by the login of the session, stamp their own clock, and write the row with its
-- place in the chain. Rules and sentences are those of decisions.py, giving.py, reservations.py and authority/.

CREATE TABLE IF NOT EXISTS authority_logins (login text PRIMARY KEY, person text NOT NULL);
CREATE TABLE IF NOT EXISTS authority_limits (
    person text, agent text, money double precision NOT NULL, PRIMARY KEY (person, agent)
);
CREATE TABLE IF NOT EXISTS authority_delegations (giver text, taker text, until date NOT NULL);
CREATE TABLE IF NOT EXISTS authority_rules (
    four_eyes_amount double precision NOT NULL,
    max_units double precision NOT NULL,
    purchase_order_limit double precision NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    reason_codes text[] NOT NULL,
    agents text[] NOT NULL,
    whole_kinds text[] NOT NULL  -- kinds of proposal whose lines count whole units
);

CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows of the ledger are never changed or removed.', tg_table_name;
END $$;

-- who is not a person, as the plan's service, writes what agents decide and what expires, in nobody's name
CREATE OR REPLACE FUNCTION ledger_only_agents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM authority_logins WHERE login = session_user) THEN
        RETURN new;
    END IF;
    IF new.decision NOT IN ('executed', 'escalated', 'shadowed', 'expired')
       OR EXISTS (SELECT FROM authority_logins WHERE person = new.decided_by) THEN
        RAISE EXCEPTION '%: only a person under their own login has it %.', new.proposal_id, new.decision
            USING ERRCODE = 'WB003';
    END IF;
    RETURN new;
END $$;

CREATE OR REPLACE FUNCTION ledger_person() RETURNS text
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    who text;
BEGIN
    SELECT person INTO who FROM authority_logins WHERE login = session_user;
    IF who IS NULL THEN
        RAISE EXCEPTION 'The login % is nobody who may decide; let the ledger''s owner add it.', session_user
            USING ERRCODE = 'WB003';
    END IF;
    -- an older state of the database must not be what is checked
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Decide in a transaction that is READ COMMITTED.' USING ERRCODE = 'WB003';
    END IF;
    RETURN who;
END $$;

CREATE OR REPLACE FUNCTION ledger_limit(who text, of_agent text) RETURNS double precision
LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
    SELECT coalesce(max(money), 0)
    FROM authority_limits
    WHERE agent = of_agent AND person IN (
        SELECT who
        UNION ALL
        SELECT giver FROM authority_delegations, authority_rules
        WHERE taker = who AND (clock_timestamp() AT TIME ZONE time_zone)::date <= until
    )
$$;

CREATE OR REPLACE FUNCTION ledger_now() RETURNS text
LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'
$$;

CREATE OR REPLACE FUNCTION ledger_link(name text, key text, record text, seq bigint, previous text)
RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO chain (seq, table_name, row_key, hash)
    VALUES (seq, name, key, encode(sha256(convert_to(previous || record, 'UTF8')), 'hex'))
$$;

-- a number as JSON writes a float: 240.0, not 240; all its digits, whatever the session asks for
CREATE OR REPLACE FUNCTION ledger_float(number double precision) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT SET extra_float_digits = 1 AS $$
    SELECT (number::text || CASE WHEN number::text ~ '^-?[0-9]+$' THEN '.0' ELSE '' END)::jsonb
$$;

CREATE OR REPLACE FUNCTION ledger_units(kind text, lines jsonb) RETURNS double precision
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce(sum(CASE WHEN kind = 'channel_share'
        THEN abs((line->>'quantity')::float8 - (line->>'quantity_before')::float8)
        ELSE (line->>'quantity')::float8 END), 0)
    FROM jsonb_array_elements(lines) AS line
$$;

-- what a proposal is worth with these lines; where lines have no value, in proportion to its units
CREATE OR REPLACE FUNCTION ledger_worth(proposal proposals, lines jsonb) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE SET search_path FROM CURRENT AS $$
DECLARE
    before double precision := ledger_units(proposal.kind, proposal.lines::jsonb);
BEGIN
    IF jsonb_array_length(lines) > 0 AND NOT jsonb_path_exists(lines, '$[*] ? (!exists(@.value))') THEN
        RETURN (SELECT sum((line->>'value')::float8) FROM jsonb_array_elements(lines) AS line);
    END IF;
    RETURN CASE WHEN before > 0 THEN proposal.value * ledger_units(proposal.kind, lines) / before
                ELSE proposal.value END;
END $$;

-- one line with another quantity and the price of the tier that it reaches
CREATE OR REPLACE FUNCTION ledger_changed_line(kind text, line jsonb, wanted double precision) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    rules authority_rules;
    proposed double precision := (line->>'quantity')::float8;
    most double precision;
    least double precision;
    pack double precision;
    tier jsonb;
    changed jsonb;
    fault text;
BEGIN
    IF wanted = proposed THEN
        RETURN line;
    END IF;
    SELECT * INTO STRICT rules FROM authority_rules;
    most := CASE WHEN kind IN ('redirect', 'transfer', 'shipment', 'hold_orders', 'channel_share')
        THEN greatest(proposed, (line->>'quantity_before')::float8) ELSE greatest(rules.max_units, proposed) END;
    IF wanted IS NULL OR wanted IN ('NaN', 'Infinity', '-Infinity') THEN
        fault := 'is no number; give units, 0 or more';
    ELSIF wanted < 0 THEN
        fault := 'is negative; give units, 0 or more';
    ELSIF kind = ANY (rules.whole_kinds) AND wanted <> trunc(wanted) THEN
        fault := 'is no whole number of units';
    ELSIF wanted > most THEN
        fault := format('is more than %s; %s were proposed', most, proposed);
    ELSIF kind IN ('purchase_order', 'redirect') AND wanted > 0 THEN
        pack := (line->>'order_multiple')::float8;
        least := ceil(coalesce((line->>'minimum_order_quantity')::float8, pack) / pack) * pack;
        IF wanted < least OR wanted <> trunc(wanted / pack) * pack THEN
            fault := format('does not fit packs of %s and a minimum of %s', pack,
                coalesce(line->>'minimum_order_quantity', line->>'order_multiple'));
        END IF;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%: % %.', line->>'sku', wanted, fault USING ERRCODE = 'WB003';
    END IF;
    changed := line || jsonb_build_object('quantity',
        CASE WHEN kind = ANY (rules.whole_kinds) THEN to_jsonb(wanted::bigint) ELSE ledger_float(wanted) END);
    SELECT item INTO tier FROM jsonb_array_elements(line->'tiers') WITH ORDINALITY AS t (item, place)
    WHERE (item->>0)::float8 <= wanted OR place = 1 ORDER BY place DESC LIMIT 1;
    IF tier IS NOT NULL THEN
        changed := changed || jsonb_build_object('unit_cost', tier->1, 'landed_cost', tier->2);
    END IF;
    IF changed ? 'value' AND changed ? 'landed_cost' THEN
        changed := changed || jsonb_build_object('value', ledger_float(wanted * (changed->>'landed_cost')::float8));
    END IF;
    RETURN changed;
END $$;

CREATE OR REPLACE FUNCTION ledger_changed_lines(proposal proposals, quantities double precision[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    lines jsonb := proposal.lines::jsonb;
    changed jsonb;
BEGIN
    IF cardinality(quantities) IS DISTINCT FROM jsonb_array_length(lines) THEN
        RAISE EXCEPTION '%: a change needs a quantity for each of its % lines.',
            proposal.proposal_id, jsonb_array_length(lines) USING ERRCODE = 'WB003';
    END IF;
    SELECT jsonb_agg(ledger_changed_line(proposal.kind, line, quantities[place]) ORDER BY place) INTO changed
    FROM jsonb_array_elements(lines) WITH ORDINALITY AS l (line, place);
    IF proposal.kind <> 'channel_share' AND ledger_units(proposal.kind, changed) = 0 THEN
        RAISE EXCEPTION 'Every line is 0; reject the proposal instead, with a reason.' USING ERRCODE = 'WB003';
    END IF;
    RETURN changed;
END $$;

-- what is left at a place is lowered, or raised by a negative number, on the condition that there is so much
CREATE OR REPLACE FUNCTION ledger_lower(in_run text, of_sku text, at_warehouse text, units_wanted bigint)
RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE stock_left SET units_left = units_left - units_wanted, state_version = state_version + 1
    WHERE run_id = in_run AND sku = of_sku AND warehouse = at_warehouse AND units_left >= units_wanted;
    RETURN found;
END $$;

-- giving.give and reservations.take: what a proposal that is carried out takes of its plan's stock
CREATE OR REPLACE FUNCTION ledger_give(proposal proposals, lines jsonb, key text, at text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    origin text := CASE proposal.kind WHEN 'transfer' THEN 'from_warehouse' WHEN 'shipment' THEN 'warehouse' END;
    leaving jsonb;  -- lines that take units
    shipped jsonb := '{}';  -- units that leave, by order line
    kept jsonb := '[]';  -- promises that this keeps
    promise reservations;
    place record;
    units_kept bigint;
BEGIN
    IF origin IS NULL OR NOT EXISTS (SELECT FROM stock_left WHERE run_id = proposal.run_id) THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(line) INTO leaving FROM jsonb_array_elements(lines) AS line
    WHERE coalesce(line->>origin, '') <> '' AND (line->>'quantity')::bigint > 0;
    IF leaving IS NULL THEN
        RETURN;
    END IF;
    IF proposal.kind = 'shipment' THEN
        SELECT jsonb_object_agg(holder, units) INTO shipped FROM (
            SELECT line->>'order_id' || '/' || (line->>'line') AS holder, sum((line->>'quantity')::bigint) AS units
            FROM jsonb_array_elements(leaving) AS line GROUP BY 1
        ) AS by_holder;
    END IF;
    FOR promise IN
        SELECT * FROM reservations
        WHERE run_id = proposal.run_id AND ended IS NULL AND shipped ? holder
            AND (reservation_key = 'opening' OR reservation_key LIKE 'decision/%')
        ORDER BY sku, warehouse, holder, reservation_key FOR UPDATE
    LOOP
        units_kept := least(promise.units, (shipped->>promise.holder)::bigint);
        CONTINUE WHEN units_kept = 0;
        shipped := shipped || jsonb_build_object(promise.holder, (shipped->>promise.holder)::bigint - units_kept);
        kept := kept || jsonb_build_object(
            'holder', promise.holder, 'sku', promise.sku, 'warehouse', promise.warehouse, 'units', units_kept);
        UPDATE reservations SET units = units - units_kept
        WHERE run_id = promise.run_id AND reservation_key = promise.reservation_key
            AND holder = promise.holder AND sku = promise.sku AND warehouse = promise.warehouse;
    END LOOP;
    FOR place IN
        SELECT sku, warehouse, sum(units)::bigint AS units FROM (
            SELECT line->>'sku' AS sku, line->>origin AS warehouse, (line->>'quantity')::bigint AS units
            FROM jsonb_array_elements(leaving) AS line
            UNION ALL
            SELECT item->>'sku', item->>'warehouse', -(item->>'units')::bigint FROM jsonb_array_elements(kept) AS item
        ) AS changes GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        IF NOT ledger_lower(proposal.run_id, place.sku, place.warehouse, place.units) THEN
            RAISE EXCEPTION '% units of % at % cannot be given to %: fewer are left, and this stock may have '
                'changed since the plan read it. Plan again.',
                place.units, place.sku, place.warehouse, proposal.proposal_id USING ERRCODE = 'WB002';
        END IF;
    END LOOP;
    INSERT INTO reservations (run_id, reservation_key, holder, sku, warehouse, units, reserved_at, ended)
    SELECT proposal.run_id, key, proposal.proposal_id, line->>'sku', line->>origin,
        sum((line->>'quantity')::bigint), at, NULL
    FROM jsonb_array_elements(leaving) AS line GROUP BY 4, 5
    UNION ALL
    SELECT proposal.run_id, key, item->>'holder', item->>'sku', item->>'warehouse',
        sum((item->>'units')::bigint), at, 'shipped'
    FROM jsonb_array_elements(kept) AS item GROUP BY 3, 4, 5;
END $$;

-- reservations.undo: all that counts for a holder is free, and what it had shipped is promised again
CREATE OR REPLACE FUNCTION ledger_give_back(in_run text, to_holder text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    promised reservations[];
    promise reservations;
    here bigint;
BEGIN
    SELECT array_agg(r ORDER BY sku, warehouse, holder) INTO promised FROM reservations AS r
    WHERE run_id = in_run AND ended = 'shipped' AND reservation_key IN (
        SELECT reservation_key FROM reservations WHERE run_id = in_run AND holder = to_holder AND ended IS NULL);
    FOR promise IN
        SELECT * FROM reservations WHERE run_id = in_run AND holder = to_holder AND ended IS NULL
        ORDER BY sku, warehouse FOR UPDATE
    LOOP
        UPDATE reservations SET ended = 'released'
        WHERE run_id = in_run AND reservation_key = promise.reservation_key AND holder = to_holder
            AND sku = promise.sku AND warehouse = promise.warehouse;
        PERFORM ledger_lower(in_run, promise.sku, promise.warehouse, -promise.units);
    END LOOP;
    FOREACH promise IN ARRAY coalesce(promised, '{}') LOOP
        SELECT units_left INTO here FROM stock_left
        WHERE run_id = in_run AND sku = promise.sku AND warehouse = promise.warehouse FOR UPDATE;
        here := least(promise.units, coalesce(here, 0));
        IF here > 0 AND ledger_lower(in_run, promise.sku, promise.warehouse, here) THEN
            UPDATE reservations SET units = here, ended = NULL
            WHERE run_id = in_run AND reservation_key = promise.reservation_key AND holder = promise.holder
                AND sku = promise.sku AND warehouse = promise.warehouse;
        END IF;
    END LOOP;
END $$;

-- the live plan's proposal and its last decision, for a person who may decide on it up to its value
CREATE OR REPLACE FUNCTION ledger_proposal(who text, of_proposal text) RETURNS proposals
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    proposal proposals;
    live text;
BEGIN
    SELECT * INTO proposal FROM proposals WHERE proposal_id = of_proposal;
    IF NOT found THEN
        RAISE EXCEPTION 'There is no proposal ''%'' in the ledger; take its id from the queue.', of_proposal
            USING ERRCODE = 'WB003';
    END IF;
    SELECT run_id INTO live FROM manifests ORDER BY seq DESC LIMIT 1;
    IF live IS DISTINCT FROM proposal.run_id THEN
        RAISE EXCEPTION '% belongs to plan %, which is not live; %.', of_proposal, proposal.run_id,
            coalesce('decide on the proposals of ' || live || ', which is', 'no plan is published yet')
            USING ERRCODE = 'WB003';
    END IF;
    PERFORM ledger_within_limit(who, proposal, proposal.value);
    RETURN proposal;
END $$;

CREATE OR REPLACE FUNCTION ledger_within_limit(who text, proposal proposals, worth double precision)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    money double precision := ledger_limit(who, proposal.agent);
    others text;
    unit text;
BEGIN
    IF money > 0 AND worth <= money THEN
        RETURN;
    END IF;
    SELECT string_agg(person, ' or ' ORDER BY person) INTO others
    FROM (SELECT DISTINCT person FROM authority_logins) AS people
    WHERE person <> who AND ledger_limit(person, proposal.agent) >= greatest(worth, 0.01);
    SELECT currency INTO unit FROM authority_rules;
    RAISE EXCEPTION '%: % may decide on proposals of % up to % %; this one is worth % %. % may.',
        proposal.proposal_id, who, replace(proposal.agent, '_', ' '), to_char(money, 'FM999,999,999,990.00'), unit,
        to_char(worth, 'FM999,999,999,990.00'), unit, coalesce(others, 'Nobody else') USING ERRCODE = 'WB003';
END $$;

-- The first door. `by_whom`: who says to decide, if anybody; `quantities`: of a change, one a line; `seen`: the decision that stood when the person looked.
CREATE OR REPLACE FUNCTION ledger_decide(
    by_whom text, of_proposal text, wanted text, quantities double precision[], because text, code text,
    seen bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who text := ledger_person();
    rules authority_rules;
    proposal proposals;
    stands decisions;
    is_released boolean;
    changed jsonb;
    worth double precision;
    previous text;
    place bigint;
    new_row decisions;
BEGIN
    IF by_whom <> who THEN
        RAISE EXCEPTION 'This is the login of %, who cannot decide as %.', who, by_whom USING ERRCODE = 'WB003';
    END IF;
    PERFORM pg_advisory_xact_lock(20261116);  -- database.ONE_WRITER
    SELECT * INTO STRICT rules FROM authority_rules;
    proposal := ledger_proposal(who, of_proposal);
    SELECT * INTO STRICT stands FROM decisions
    WHERE proposal_id = of_proposal ORDER BY decision_id DESC LIMIT 1;
    is_released := EXISTS (SELECT FROM releases WHERE proposal_id = of_proposal);
    IF wanted IS NULL OR wanted NOT IN ('approved', 'amended', 'changed', 'rejected', 'undone') THEN
        RAISE EXCEPTION '''%'' is no decision of a person.', wanted USING ERRCODE = 'WB003';
    END IF;
    because := coalesce(because, '');
    IF code <> ALL (rules.reason_codes) THEN
        RAISE EXCEPTION '''%'' is no reason code.', code USING ERRCODE = 'WB003';
    END IF;
    IF wanted = 'rejected' AND btrim(because) = '' THEN
        RAISE EXCEPTION '%: say why it is rejected; the reason is kept.', of_proposal USING ERRCODE = 'WB003';
    END IF;
    IF wanted IN ('amended', 'changed') THEN
        changed := ledger_changed_lines(proposal, quantities);
        worth := ledger_worth(proposal, changed);
        PERFORM ledger_within_limit(who, proposal, greatest(worth, proposal.value));
    END IF;
    -- the same again writes nothing
    IF (stands.decision, stands.decided_by, stands.reason, stands.reason_code, stands.lines::jsonb)
        IS NOT DISTINCT FROM (wanted, who, because, code, changed) THEN
        RETURN;
    END IF;
    IF wanted = 'undone' AND stands.decision IN ('escalated', 'undone') THEN
        RAISE EXCEPTION '% waits for a decision; there is nothing to undo.', of_proposal USING ERRCODE = 'WB003';
    END IF;
    IF is_released OR stands.decision_id IS DISTINCT FROM coalesce(seen, stands.decision_id)
        OR (wanted = 'undone' AND stands.decision NOT IN ('approved', 'amended', 'changed', 'rejected'))
        OR (wanted <> 'undone' AND stands.decision NOT IN ('escalated', 'amended', 'undone')) THEN
        RAISE EXCEPTION '% was % by % on % UTC%; nothing was changed.', of_proposal, stands.decision,
            stands.decided_by, replace(left(stands.decided_at, 16), 'T', ' at '),
            coalesce(' (' || nullif(stands.reason, '') || ')', '')
            || CASE WHEN is_released THEN ' and it has been released since' ELSE '' END USING ERRCODE = 'WB001';
    END IF;
    IF wanted = 'changed' AND worth > rules.four_eyes_amount AND (
        stands.decision <> 'amended' OR stands.decided_by = who OR stands.lines::jsonb <> changed) THEN
        RAISE EXCEPTION '%: it has been changed and is worth %; above % another person must approve it.',
            of_proposal, to_char(worth, 'FM999,999,999,990.00'), rules.four_eyes_amount USING ERRCODE = 'WB003';
    END IF;
    IF wanted <> 'undone' AND EXISTS (
        SELECT FROM runs AS later, runs AS mine WHERE mine.run_id = proposal.run_id
            AND later.seq > mine.seq AND later.inputs <> mine.inputs) THEN
        RAISE EXCEPTION 'Plan % rests on what is no longer so: a run has begun from newer inputs or another '
            'policy. Nothing was recorded; plan again, and decide on what it proposes then.', proposal.run_id
            USING ERRCODE = 'WB002';
    END IF;
    SELECT seq, hash INTO STRICT place, previous FROM chain ORDER BY seq DESC LIMIT 1;
    place := place + 1;
    new_row.decision_id := place;
    new_row.proposal_id := of_proposal;
    new_row.decision := wanted;
    new_row.decided_by := who;
    -- what one transaction decides, it decides at one instant, which is not long ago
    SELECT coalesce(max(before.decided_at), ledger_now()) INTO new_row.decided_at FROM decisions AS before
    WHERE before.decision_id = place - 1 AND before.xmin = pg_current_xact_id()::xid AND before.decided_by = who
        AND before.decided_at::timestamptz > clock_timestamp() - interval '1 minute';
    new_row.reason := because;
    new_row.reason_code := code;
    new_row.lines := changed::text;
    new_row.approved_quantity := CASE WHEN wanted = 'approved' THEN proposal.quantity
        WHEN changed IS NOT NULL THEN ledger_units(proposal.kind, changed) END;
    INSERT INTO decisions SELECT new_row.*;
    PERFORM ledger_link('decisions', place::text, ledger_record(new_row), place, previous);
    IF wanted = 'undone' THEN
        PERFORM ledger_give_back(proposal.run_id, of_proposal);
    ELSIF wanted IN ('approved', 'changed') THEN
        PERFORM ledger_give(
            proposal, coalesce(changed, proposal.lines::jsonb), 'decision/' || place, new_row.decided_at);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger_event(in_run text, of_kind text, of_subject text, told jsonb) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    previous text;
    place bigint;
    new_row events;
BEGIN
    SELECT seq, hash INTO STRICT place, previous FROM chain ORDER BY seq DESC LIMIT 1;
    place := place + 1;
    new_row.event_id := place;
    new_row.run_id := in_run;
    new_row.kind := of_kind;
    new_row.subject := of_subject;
    new_row.detail := told::text;
    new_row.happened_at := ledger_now();
    INSERT INTO events SELECT new_row.*;
    PERFORM ledger_link('events', place::text, ledger_record(new_row), place, previous);
END $$;

-- The second door: a proposal that waits is put off until an instant; it says who did so.
CREATE OR REPLACE FUNCTION ledger_snooze(of_proposal text, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who text := ledger_person();
    proposal proposals;
BEGIN
    PERFORM pg_advisory_xact_lock(20261116);
    proposal := ledger_proposal(who, of_proposal);
    PERFORM ledger_event(proposal.run_id, 'snoozed', of_proposal, jsonb_build_object(
        'until', to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '+00:00', 'by', who));
END $$;

-- The third door: who may decide on shipments picks with which weights the live plan's day is routed from now on.
CREATE OR REPLACE FUNCTION ledger_pick_routes(lateness text, co2e text, because text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who text := ledger_person();
    live manifests;
BEGIN
    PERFORM pg_advisory_xact_lock(20261116);
    SELECT * INTO live FROM manifests ORDER BY seq DESC LIMIT 1;
    IF live.run_id IS NULL OR btrim(coalesce(because, '')) = '' OR ledger_limit(who, 'routing') <= 0 THEN
        RAISE EXCEPTION '%: routes are picked for a live plan, with a reason, by who may decide on shipments.', who
            USING ERRCODE = 'WB003';
    END IF;
    -- NaN is greater than every number here
    IF (lateness::double precision >= 0 AND lateness::double precision < 'Infinity'
        AND co2e::double precision >= 0 AND co2e::double precision < 'Infinity') IS NOT TRUE THEN
        RAISE EXCEPTION 'Weights are numbers of 0 or more, not % and %.', lateness, co2e USING ERRCODE = 'WB003';
    END IF;
    PERFORM ledger_event(live.run_id, 'routes picked', left(live.date, 10), jsonb_build_object(
        'weights', jsonb_build_object('lateness_cost_per_day', lateness, 'co2e_price', co2e),
        'by', who, 'reason', btrim(because)));
END $$;

-- The fourth door: anybody known stops an agent; who lets it go on, or act by itself as the workbench proposed,
-- may decide on what it then does.
CREATE OR REPLACE FUNCTION ledger_change_authority(of_agent text, of_kind text, to_cause text, because text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who text := ledger_person();
    rules authority_rules;
    least double precision := 0.01;
    stands authority_changes;
    previous text;
    place bigint;
    new_row authority_changes;
BEGIN
    PERFORM pg_advisory_xact_lock(20261116);
    SELECT * INTO STRICT rules FROM authority_rules;
    IF btrim(coalesce(because, '')) = '' OR (of_agent = ANY (rules.agents)) IS NOT TRUE THEN
        RAISE EXCEPTION 'Say which agent, and why.' USING ERRCODE = 'WB003';
    END IF;
    IF to_cause = 'promoted' THEN
        SELECT * INTO stands FROM authority_changes
        WHERE agent = of_agent AND kind = of_kind ORDER BY change_id DESC LIMIT 1;
        IF stands.cause IS DISTINCT FROM 'proposed' THEN
            RAISE EXCEPTION 'No promotion of % on % is proposed; nothing was changed.', of_agent, of_kind
                USING ERRCODE = 'WB003';
        END IF;
        because := stands.reason;
        IF of_kind IN ('purchase_order', 'redirect') THEN
            least := greatest(least, rules.purchase_order_limit);
        END IF;
    ELSIF to_cause IS NULL OR to_cause NOT IN ('stopped', 'resumed') OR of_kind IS NOT NULL THEN
        RAISE EXCEPTION 'A person stops an agent, lets it go on, or promotes it as proposed.' USING ERRCODE = 'WB003';
    END IF;
    IF to_cause <> 'stopped' AND ledger_limit(who, of_agent) < least THEN
        RAISE EXCEPTION '% may decide on proposals of % up to %; who lets it act by itself needs a limit of %.',
            who, of_agent, to_char(ledger_limit(who, of_agent), 'FM999,999,999,990.00'),
            to_char(least, 'FM999,999,999,990.00') USING ERRCODE = 'WB003';
    END IF;
    SELECT seq, hash INTO STRICT place, previous FROM chain ORDER BY seq DESC LIMIT 1;
    place := place + 1;
    new_row := stands;  -- of a promotion: kind, level, code and limits as proposed
    new_row.change_id := place;
    new_row.agent := of_agent;
    new_row.cause := to_cause;
    new_row.reason := because;
    new_row.actor := who;
    new_row.changed_at := ledger_now();
    INSERT INTO authority_changes SELECT new_row.*;
    PERFORM ledger_link('authority_changes', place::text, ledger_record(new_row), place, previous);
END $$;
