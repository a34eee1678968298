"""The only reader of the environment. Every setting is `KHLANG_<NAME>`; all faults are named at once at the start."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from portal.errors import PortalError

CHECKOUT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
KNOWN_SECRETS = {"secret", "changeme", "change-me", "dev", "development", "password"}


def default_home() -> Path:
    """Return `./instance` of a checkout, else the user's data folder (XDG Base Directory Specification)."""
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "instance"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "khlang"


class Settings(BaseSettings):
    """Settings in force. Unknown `KHLANG_*` names are ignored; a value that does not fit stops the start."""

    model_config = SettingsConfigDict(env_prefix="KHLANG_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=default_home, description="โฟลเดอร์ข้อมูลทั้งหมดที่เกิดขณะทำงาน / folder of all run-time data"
    )
    database_url: str | None = Field(
        None,
        description="ที่อยู่ฐานข้อมูลแบบ SQLAlchemy ปกติใช้ SQLite ในโฟลเดอร์ข้อมูล / SQLAlchemy URL; default is SQLite in the home folder",
    )
    host: str = Field("127.0.0.1", description="ที่อยู่ที่ khlang serve รับการเชื่อมต่อ / address that `khlang serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="พอร์ตของ khlang serve / port that `khlang serve` listens on")
    workers: int = Field(1, ge=1, le=64, description="จำนวนโปรเซสของ khlang serve / worker processes of `khlang serve`")
    base_url: str | None = Field(
        None, description="ที่อยู่สาธารณะของพอร์ทัล สำหรับลิงก์แบบเต็ม / public address of the portal, for absolute links"
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "localhost", "[::1]"),
        description="ชื่อโฮสต์ที่ยอมรับในคำขอ คั่นด้วยจุลภาค / host names that requests may carry, comma-separated",
    )
    proxies: int = Field(0, ge=0, le=5, description="จำนวนพร็อกซีที่อยู่ด้านหน้า / number of reverse proxies in front")
    secret_key: SecretStr | None = Field(
        None,
        description="อย่างน้อย 32 ตัวอักษร ถ้าไม่ตั้งจะสร้างไว้ในโฟลเดอร์ข้อมูล / at least 32 characters; kept in the home folder by default",
    )
    search_engine: Literal["whoosh", "tantivy", "postgres"] = Field(
        "whoosh",
        description="ระบบค้นหา: whoosh มากับโปรแกรม, tantivy เร็วกว่าเมื่อมีเกินหมื่นชุดข้อมูล, postgres อยู่ในฐานข้อมูลเดียวกัน / search engine: whoosh comes with the program, tantivy is faster beyond ten thousand datasets, postgres lives in the same database",
    )
    reach_km: float = Field(
        120,
        ge=1,
        le=2000,
        description="ระยะที่ถือว่าหน่วยวิจัยอยู่ในระยะช่วยได้ เป็นกิโลเมตร / how far a research unit counts as within reach, in kilometres",
    )
    semantic: bool = Field(
        False,
        description="จับคู่ด้วยความหมายเพิ่มจากคำ ใช้แบบจำลองเล็กในเครื่อง ต้องติดตั้ง khlang[semantic] / match by meaning beside words, with a small model on this machine; needs khlang[semantic]",
    )
    fetch_allow: str = Field(
        "",
        description="ที่อยู่ภายในที่อนุญาตให้ดึง เป็น host:port คั่นด้วยจุลภาค / inner addresses that may be fetched: host:port, comma-separated",
    )
    fetch_ports: str = Field(
        "",
        description="พอร์ตของที่อยู่สาธารณะที่อนุญาตให้ดึง ว่างคือทุกพอร์ต / ports that may be fetched on public addresses; empty means any",
    )
    contact: str = Field(
        "",
        description="ที่อยู่ติดต่อที่แจ้งต่อเว็บไซต์ต้นทางใน User-Agent / contact address told to harvested sites in the User-Agent",
    )
    smtp_host: str = Field(
        "",
        description="เครื่องส่งอีเมล ถ้าว่าง พอร์ทัลไม่ส่งอีเมล / mail server; when empty, the portal sends no mail",
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="พอร์ตของเครื่องส่งอีเมล / port of the mail server")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="การเข้ารหัสไปยังเครื่องส่งอีเมล ใบรับรองต้องถูกต้อง none ใช้เฉพาะในเครื่องหรือเครือข่ายภายใน / encryption to the mail server, whose certificate must hold; none only on this machine or an inner network",
    )
    smtp_user: str = Field("", description="ชื่อผู้ใช้ของเครื่องส่งอีเมล / user name at the mail server")
    smtp_password: SecretStr | None = Field(None, description="รหัสผ่านของเครื่องส่งอีเมล / password at the mail server")
    smtp_from: str = Field(
        "",
        description="ที่อยู่อีเมลของผู้ส่ง ต้องตั้งพร้อม KHLANG_SMTP_HOST และ KHLANG_BASE_URL / sender's address; needed with KHLANG_SMTP_HOST, as KHLANG_BASE_URL is",
    )
    max_file_mb: int = Field(
        200, ge=1, le=4096, description="ขนาดไฟล์ต้นทางที่ใหญ่ที่สุด เป็นเมกะไบต์ / largest source file, in megabytes"
    )
    max_rows: int = Field(5_000_000, ge=1, description="จำนวนแถวมากที่สุดของหนึ่งตาราง / most rows of one table")
    max_columns: int = Field(1000, ge=1, description="จำนวนคอลัมน์มากที่สุดของหนึ่งตาราง / most columns of one table")
    child_memory_mb: int = Field(
        4096,
        ge=512,
        description="เพดานหน่วยความจำของโปรเซสที่อ่านไฟล์ เป็นเมกะไบต์ / memory limit of the process that reads a file, in megabytes",
    )
    child_seconds: int = Field(
        900,
        ge=10,
        description="เพดานเวลาของโปรเซสที่อ่านไฟล์ เป็นวินาที / time limit of the process that reads a file, in seconds",
    )
    lease_seconds: int = Field(
        120,
        ge=3,
        le=3600,
        description="เวลาที่ถือว่าการดึงตายแล้วเมื่อไม่มีสัญญาณ เป็นวินาที / seconds without a sign of life after which a run counts as dead",
    )
    debug: bool = Field(
        False, description="โหมดพัฒนา ใช้บนที่อยู่สาธารณะไม่ได้ / development mode; refused on a public address"
    )

    @field_validator("trusted_hosts", mode="before")
    @classmethod
    def split_hosts(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def address(self) -> str:
        """The portal's own address for links, without a slash at its end; "" where the settings do not name it."""
        return (self.base_url or "").rstrip("/")

    @property
    def database(self) -> str:
        """URL of the database in force."""
        return self.database_url or f"sqlite:///{self.home / 'khlang.sqlite'}"


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment, `.env` and `given` (wins). Raises PortalError("settings-wrong")."""
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        told = [
            (f"KHLANG_{'_'.join(str(part) for part in fault['loc']).upper()}", fault_words(fault), fault["msg"])
            for fault in error.errors()
        ]
        wrong_th = "; ".join(f"{name} {thai}" for name, thai, _ in told)
        wrong_en = "; ".join(f"{name}: {english}" for name, _, english in told)
        raise PortalError("settings-wrong", wrong_th=wrong_th, wrong_en=wrong_en) from error
    refuse_unsafe(settings)
    return settings


FAULTS = {
    "int_parsing": "ต้องเป็นจำนวนเต็ม",
    "bool_parsing": "ต้องเป็น true หรือ false",
    "greater_than_equal": "ต้องไม่น้อยกว่า {ge}",
    "less_than_equal": "ต้องไม่เกิน {le}",
    "literal_error": "ใช้ได้เฉพาะ {expected}",
}


def fault_words(fault: Mapping[str, Any]) -> str:
    """What is wrong with a setting, in Thai; the English is pydantic's."""
    return FAULTS.get(fault["type"], "ค่านี้ใช้ไม่ได้").format(**fault.get("ctx", {}))


def refuse_unsafe(settings: Settings) -> None:
    """Raise PortalError when the settings would serve unsafely (safety.md T15)."""
    if settings.debug and settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_DEBUG ใช้กับ KHLANG_HOST ที่เปิดสู่ภายนอกไม่ได้",
            wrong_en="KHLANG_DEBUG: not with a public KHLANG_HOST",
        )
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    if secret is not None and (len(secret) < SHORTEST_SECRET or secret.lower() in KNOWN_SECRETS):
        raise PortalError(
            "settings-wrong",
            wrong_th=f"KHLANG_SECRET_KEY ต้องยาวอย่างน้อย {SHORTEST_SECRET} ตัวอักษร และไม่ใช่คำตัวอย่าง",
            wrong_en=f"KHLANG_SECRET_KEY: at least {SHORTEST_SECRET} characters, none of the samples",
        )
    refuse_half_mail(settings)
    if settings.home.exists() and settings.home.stat().st_mode & stat.S_IWOTH:
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_HOME ทุกคนในเครื่องเขียนโฟลเดอร์ข้อมูลได้ โปรดจำกัดสิทธิ์",
            wrong_en="KHLANG_HOME: the data folder can be written by everybody",
        )


def refuse_half_mail(settings: Settings) -> None:
    """Raise PortalError when a mail server is named without what every mail needs, or a password would travel in the open."""
    if not settings.smtp_host:
        return
    if not is_sender(settings.smtp_from) or not settings.base_url:
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_SMTP_HOST ต้องตั้ง KHLANG_SMTP_FROM และ KHLANG_BASE_URL ด้วย",
            wrong_en="KHLANG_SMTP_HOST: needs KHLANG_SMTP_FROM and KHLANG_BASE_URL",
        )
    local = settings.smtp_host in ("127.0.0.1", "localhost", "::1")
    if settings.smtp_password and settings.smtp_tls == "none" and not local:
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_SMTP_TLS รหัสผ่านจะถูกส่งโดยไม่เข้ารหัส โปรดใช้ starttls หรือ tls",
            wrong_en="KHLANG_SMTP_TLS: the password would travel unencrypted",
        )


def is_sender(text: str) -> bool:
    """Whether a text can stand as the sender of a letter."""
    try:
        return bool(text) and bool(Address(addr_spec=text).domain)
    except (ValueError, IndexError, HeaderParseError):
        return False


def secret_of(settings: Settings) -> str:
    """Return the configured secret, else the one kept in the home folder, made at first use."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.home / "private" / "secret"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        draft.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)  # the first of several processes wins
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def describe_settings(settings: Settings) -> list[dict[str, str]]:
    """Return each setting with its value (secrets masked), where it came from and what it does."""
    rows = []
    for name, field in type(settings).model_fields.items():
        variable = f"KHLANG_{name.upper()}"
        value = getattr(settings, name)
        shown = "********" if isinstance(value, SecretStr) else "" if value is None else str(value)
        if name == "database_url" and value:
            shown = _without_password(str(value))
        origin = (
            "environment" if variable in os.environ else "given" if name in settings.model_fields_set else "default"
        )
        rows.append({"name": variable, "value": shown, "from": origin, "description": field.description or ""})
    return rows


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, separator, login = head.partition("://")
    return f"{scheme}{separator}{login.partition(':')[0]}:********@{tail}" if at else url
