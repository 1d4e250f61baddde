"""Backup and restore (quality F7): the database of one moment, the files and the trail's anchors, sealed and verified.

A backup is a folder: manifest.sealed (what is in it, counts and checksums), database.sealed, files.sealed. All are
sealed with PII_KEY; without it nothing of them can be read, so the keys are kept apart from the backup.
"""
