-- Run by the database's administrator (psql -f) before migrate and restore --replace, which may change any table:
-- undoes trail_apart.sql. Another role than tuopin: psql -v app=name.
\set ON_ERROR_STOP on
\if :{?app}
\else
  \set app tuopin
\endif
BEGIN;
ALTER FUNCTION office_trail_append_only() OWNER TO :"app";
ALTER FUNCTION office_trail_archive_guard() OWNER TO :"app";
ALTER TABLE office_trailrow OWNER TO :"app";
ALTER TABLE office_trailarchive OWNER TO :"app";
ALTER SCHEMA public OWNER TO :"app";
ALTER DATABASE :"DBNAME" OWNER TO :"app";
COMMIT;
