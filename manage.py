#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        # A folder or database that is new has no table yet: said in words, not as a trace.
        connection.close()
        if MigrationRecorder(connection).has_table():
            raise
        sys.exit("数据库里还没有表：请先执行 manage.py migrate（或用 make demo 建立演示数据）")
