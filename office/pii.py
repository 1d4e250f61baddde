"""Personal data at rest: encrypted text bound to its record, keyed indexes to find it, masks to show it.

A stored value is `<version>:<base64 of nonce + AES-256-GCM>`; the record's `uid` and the field's name are
authenticated with it, so that a value copied to another row or column cannot be opened (quality S2).
Cipher and hash stand behind `Cipher` and `KeyedHash` with versions of their own: SM4 and SM3 take a new
version beside the old one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact, In
from django.db.models.query_utils import DeferredAttribute

from office.among import Among

NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(Exception):
    """A stored value does not belong to this record and field, was changed, or its key is missing.

    The message names the place, never the value; it is for the log, no page shows it.
    """


class Cipher(Protocol):
    """Authenticated encryption: `bound_to` must be the same at opening. `open` raises ValueError."""

    def seal(self, plain: bytes, bound_to: bytes) -> bytes: ...

    def open(self, sealed: bytes, bound_to: bytes) -> bytes: ...


class KeyedHash(Protocol):
    def digest(self, message: bytes) -> str: ...


class AesGcm:
    """AES-256-GCM with a random 96-bit nonce before the text."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except InvalidTag as error:
            raise ValueError("not sealed with this key for this record") from error


class HmacSha256:
    def __init__(self, key: bytes) -> None:
        # To begin with the key costs more than to hash a number.
        self._begun = hmac.new(key, digestmod="sha256")

    def digest(self, message: bytes) -> str:
        found = self._begun.copy()
        found.update(message)
        return found.hexdigest()


# Version → (implementation, setting that holds its key). New values take the last version whose key is set; what
# was sealed before stays readable while the earlier key is set too (office.rotation).
CIPHERS: dict[str, tuple[Callable[[bytes], Cipher], str]] = {
    "v1": (AesGcm, "PII_KEY"),
    "v2": (AesGcm, "PII_KEY_2"),
    "v3": (AesGcm, "PII_KEY_3"),
}
# An index is found under every version whose key is set: one, or two that follow each other during a rotation.
HASHES: dict[str, tuple[Callable[[bytes], KeyedHash], str]] = {
    "k1": (HmacSha256, "PII_INDEX_KEY"),
    "k2": (HmacSha256, "PII_INDEX_KEY_2"),
    "k3": (HmacSha256, "PII_INDEX_KEY_3"),
}


@cache
def _made(kind: Callable[[bytes], Any], key: str, setting: str) -> Any:
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(f"{setting} 必须是 {KEY_BYTES} 字节的十六进制密钥")
    return kind(raw)


def _tool(versions: dict[str, Any], version: str) -> Any:
    kind, setting = versions[version]
    return _made(kind, getattr(settings, setting), setting)


def newest() -> str:
    """The version that new values are sealed with."""
    return next(
        version for version, (_, setting) in reversed(CIPHERS.items()) if getattr(settings, setting, "")
    )


class Token(str):
    """Text as it stands in the database: sealed. Any other str is plain."""

    __slots__ = ()


def _bound_to(uid: UUID | str, name: str) -> bytes:
    record = uid if isinstance(uid, UUID) else UUID(uid)
    return record.bytes + name.encode()


def seal(plain: str, uid: UUID | str, name: str) -> Token:
    """Encrypts one value for the record `uid` and the field `name`."""
    version = newest()
    sealed = _tool(CIPHERS, version).seal(plain.encode(), _bound_to(uid, name))
    return Token(f"{version}:{base64.urlsafe_b64encode(sealed).decode()}")


def unseal(token: str, uid: UUID | str, name: str) -> str:
    """The plain text of a token; CannotOpen when it is not this record's and field's."""
    version, _, text = token.partition(":")
    try:
        sealed = base64.urlsafe_b64decode(text)
        return _tool(CIPHERS, version).open(sealed, _bound_to(uid, name)).decode()
    except (KeyError, ValueError, binascii.Error) as error:
        raise CannotOpen(f"personal data of {name} in record {uid} cannot be opened") from error


def resealed(token: str, uid: UUID | str, name: str) -> Token:
    """The same value under the newest key."""
    return seal(unseal(token, uid, name), uid, name)


def seal_bytes(plain: bytes, uid: UUID | str, name: str) -> bytes:
    """Encrypts a file for the record `uid`: `<version>:` and the sealed bytes."""
    version = newest()
    return version.encode() + b":" + _tool(CIPHERS, version).seal(plain, _bound_to(uid, name))


def unseal_bytes(sealed: bytes, uid: UUID | str, name: str) -> bytes:
    """The plain bytes of a sealed file; CannotOpen when it is not this record's."""
    version, _, rest = sealed.partition(b":")
    try:
        return _tool(CIPHERS, version.decode()).open(rest, _bound_to(uid, name))
    except (KeyError, ValueError) as error:
        raise CannotOpen(f"the file {name} of record {uid} cannot be opened") from error


class _Sealed(DeferredAttribute):
    """Opens the stored token when the attribute is read; what is written stays plain until it is saved."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, owner)
        if isinstance(value, Token):
            return unseal(value, instance.uid, self.field.attname)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text encrypted at rest; the model must have `uid = UUIDField(default=uuid4)`.

    The token is made when the row is saved (save, bulk_create, history). Plain text that reaches the
    database without its row (`update`, `bulk_update`, a filter) raises FieldError: give `update` what
    `token_for(instance)` returns, and search by a KeyedIndexField. None and "" are stored as they are.
    `max_length` limits the plain text.
    """

    descriptor_class = _Sealed

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Token(value) if value else value

    def token_for(self, instance: Any) -> str | None:
        """What is stored for the instance; a token of another record raises CannotOpen."""
        value = instance.__dict__.get(self.attname, "")
        if isinstance(value, Token):
            unseal(value, instance.uid, self.attname)
            return value
        return seal(str(value), instance.uid, self.attname) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return self.token_for(model_instance)

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Token):
            raise FieldError(f"{self.name}: plain personal data must not reach the database without its row")
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.token_for(obj) or ""

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"widget": forms.TextInput, **options})


def as_searched(value: str) -> str:
    """NFKC, without blanks, in capitals: the same number however it was typed."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


class Index(str):
    """An index under the newest key that knows itself under the earlier one: both are searched for."""

    __slots__ = ("versions",)
    versions: tuple[str, ...]


@cache
def _hashers(*keys: str) -> tuple[tuple[str, KeyedHash], ...]:
    """The newest version first."""
    known = list(zip(HASHES.items(), keys, strict=True))
    found = [(version, _made(kind, key, setting)) for (version, (kind, setting)), key in known if key]
    places = [place for place, (_, key) in enumerate(known) if key]
    if not places or len(places) > 2 or places[-1] - places[0] >= 2:
        raise ImproperlyConfigured("索引密钥 PII_INDEX_KEY、_2、_3 只设一个；更换期间设相邻的两个")
    return tuple(reversed(found))


def _here() -> tuple[tuple[str, KeyedHash], ...]:
    return _hashers(settings.PII_INDEX_KEY, settings.PII_INDEX_KEY_2, settings.PII_INDEX_KEY_3)


def index_versions() -> list[str]:
    """Of the index keys that are set, the newest first."""
    return [version for version, _ in _here()]


def index(value: str, purpose: str) -> str:
    """Keyed hash of a value for one purpose, to find it without storing it: `<key version>:<hex>`."""
    message = purpose.encode() + b"\0" + value.encode()
    made = [f"{version}:{hasher.digest(message)}" for version, hasher in _here()]
    if len(made) == 1:
        return made[0]
    found = Index(made[0])
    found.versions = tuple(made)
    return found


def versions(found: str) -> tuple[str, ...]:
    """All forms in which an index may be stored, the newest first."""
    return found.versions if isinstance(found, Index) else (found,)


def is_same(stored: str, found: str) -> bool:
    """Whether a stored index is the one just made, under whichever key."""
    return stored in versions(found)


class KeyedIndexField(models.CharField):
    """Index of an encrypted field, filled from `source` at each save; empty when the source is.

    `normalise` (a module-level function) makes the searched form of the value; search with
    `filter(id_index=Model._meta.get_field("id_index").of("…"))`. A save with `update_fields` names
    both the source and the index.
    """

    def __init__(
        self,
        *args: Any,
        source: str,
        purpose: str,
        normalise: Callable[[str], str] = as_searched,
        **options: Any,
    ) -> None:
        self.source, self.purpose, self.normalise = source, purpose, normalise
        options.setdefault("max_length", 80)
        options.setdefault("editable", False)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        # super() leaves out what equals Django's own defaults, which are not ours.
        options.update(
            source=self.source,
            purpose=self.purpose,
            normalise=self.normalise,
            editable=self.editable,
            blank=self.blank,
        )
        return name, path, args, options

    def of(self, value: str | None) -> str | None:
        """The index of a plain value; None or "" (as the column allows) for nothing."""
        normal = self.normalise(value) if value else ""
        if not normal:
            return None if self.null else ""
        return index(normal, self.purpose)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        found = self.of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, found)
        return found

    def held_by(self, instance: models.Model) -> str:
        """What is stored or, while two keys are in use, the index under both, so that rows can be compared."""
        stored = str(getattr(instance, self.attname) or "")
        return (self.of(getattr(instance, self.source)) or "") if stored and len(_here()) > 1 else stored


class EarlierIndexField(KeyedIndexField):
    """The index under the earlier of two keys, beside the one under the newest; null while one key is in use.

    Of two rows with the same value, one may have been indexed under the newest key and the other not yet:
    `Coalesce(earlier, index)` is the earlier index of both, and unique where the value must be.
    """

    def of(self, value: str | None) -> str | None:
        if len(_here()) == 1:
            return None
        found = super().of(value)
        return versions(found)[1] if found else None


@KeyedIndexField.register_lookup
class _IsIndex(Exact):
    """An index that was just made is found under whichever key it is stored."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        forms = versions(self.rhs) if isinstance(self.rhs, str) else ()
        if len(forms) < 2:
            return super().as_sql(compiler, connection)
        return In(self.lhs, forms).as_sql(compiler, connection)


@KeyedIndexField.register_lookup
class _InIndexes(In):
    def get_prep_lookup(self) -> Any:
        if self.rhs_is_direct_value():
            self.rhs = {form for found in self.rhs if found is not None for form in versions(found)}
        return super().get_prep_lookup()


@KeyedIndexField.register_lookup
class _AmongIndexes(Among):
    def get_prep_lookup(self) -> Any:
        self.rhs = {form for found in self.rhs if found for form in versions(found)}
        return super().get_prep_lookup()


def _masked(value: str | None, first: int, last: int) -> str:
    text = value or ""
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[len(text) - last :]


def mask_id(value: str | None) -> str:
    """证件号码: first 4 and last 4."""
    return _masked(value, 4, 4)


def mask_phone(value: str | None) -> str:
    """Phone: first 3 and last 4."""
    return _masked(value, 3, 4)


def mask_account(value: str | None) -> str:
    """Bank account: last 4."""
    return _masked(value, 0, 4)
