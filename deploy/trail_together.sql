-- Run by the database's administrator (psql -f) before migrate and restore --replace, which may change any table:
-- undoes trail_apart.sql. Another role than tuopin: psql -v app=name.
\set ON_ERROR_STOP on
\if :{?app}
\else
  \set app tuopin
\endif
BEGIN;
ALTER FUNCTION office_trail_append_only() OWNER TO :"app";
ALTER TABLE office_trailrow OWNER TO :"app";
-- The place may be of a release that had no archives yet; psql puts nothing into what stands between dollars.
ALTER TABLE IF EXISTS office_trailarchive OWNER TO :"app";
SET LOCAL tuopin.app TO :"app";
DO $$ BEGIN
  IF to_regprocedure('office_trail_archive_guard()') IS NOT NULL THEN
    EXECUTE format('ALTER FUNCTION office_trail_archive_guard() OWNER TO %I', current_setting('tuopin.app'));
  END IF;
END $$;
ALTER SCHEMA public OWNER TO :"app";
ALTER DATABASE :"DBNAME" OWNER TO :"app";
COMMIT;
