-- Run by the database's administrator (psql -f) after every migrate: the tables of the trail, what guards them and
-- their schema no longer belong to the program's role. It can add rows, seal them and prune by rule; it can no longer
-- take the guards away, empty the tables or drop them. trail_together.sql gives them back, for migrate and restore.
-- Another role than tuopin: psql -v app=name.
\set ON_ERROR_STOP on
\if :{?app}
\else
  \set app tuopin
\endif
BEGIN;
ALTER DATABASE :"DBNAME" OWNER TO CURRENT_USER;
GRANT ALL ON DATABASE :"DBNAME" TO :"app";
ALTER SCHEMA public OWNER TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO :"app";

ALTER TABLE office_trailrow OWNER TO CURRENT_USER;
REVOKE ALL ON office_trailrow FROM :"app";
GRANT SELECT, INSERT, DELETE, REFERENCES, UPDATE (seq, prev, hash) ON office_trailrow TO :"app";
ALTER TABLE office_trailarchive OWNER TO CURRENT_USER;
REVOKE ALL ON office_trailarchive FROM :"app";
GRANT SELECT, INSERT, REFERENCES, UPDATE (pruned_at, pruned_by_id) ON office_trailarchive TO :"app";
-- pg_dump reads where the numbers stand.
GRANT SELECT ON SEQUENCE office_trailrow_id_seq, office_trailarchive_id_seq TO :"app";

-- The guards ask of the archives: of these, and not of a temporary table of the same name.
ALTER FUNCTION office_trail_append_only() SET search_path = public, pg_temp;
ALTER FUNCTION office_trail_append_only() OWNER TO CURRENT_USER;
ALTER FUNCTION office_trail_archive_guard() SET search_path = public, pg_temp;
ALTER FUNCTION office_trail_archive_guard() OWNER TO CURRENT_USER;
COMMIT;
