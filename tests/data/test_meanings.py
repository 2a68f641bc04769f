"""Guesses are tested on names as they come: the recording's, Prometheus', OpenTelemetry's, and of real data sets."""

from __future__ import annotations

import pytest

from data.meanings import guess
from data.records import MetricMeaning


@pytest.mark.parametrize(
    ("role", "bad_direction", "names"),
    [
        (
            "latency",
            "up",
            "latency_p95_ms|http_request_duration_seconds|http.server.request.duration|PodServerLatencyP99(s)|"
            "Average Latency|middle-tier-api-dependency-latency|SAR-device.sdb.await|Ingraphs.latency|"
            "queue_rt_raw_anon|exec_time_seconds|response_time|"
            "vllm:time_to_first_token_seconds|lora_update_latency|us Per Event|ms",
        ),
        (
            "errors",
            "up",
            "error_share|recommender_feature_fallbacks_total|http_responses_5xx|5xx_rate|request_timeout_errors|"
            "application-crash-rate-1|jobsFailed|redis_rejected_connections_total|retry_attempts",
        ),
        (
            "traffic",
            "both",
            "http_requests_total|requests_per_s|redis_commands_total|http_request_duration_seconds_count|qps|TPS|"
            "requests|mongodb-machine-rps|Requests Per Second|Events Per Second|PodWorkload(Ops)|NetworkReceiveBytes|"
            "SyscallRead|elb_request_count_8c0756|ec2_network_in_5abac7|ec2_disk_write_bytes_1ef3de|"
            "iio_us-east-1_i-a2eb1cd9_NetworkIn",
        ),
        (
            "saturation",
            "up",
            "worker_saturation|ec2_cpu_utilization_c6585a|CpuUsage(m)|MemoryUsageRate(%)|process_cpu_seconds_total|"
            "process_resident_memory_bytes|process_open_fds|queue_depth|queue_size_raw_anon|pod_gpu_duty_cycle_anon|"
            "machine_temperature_system_failure|system.cpu.utilization|http.server.active_requests|db.client.connections.usage|workers_busy|kafka_consumer_lag",
        ),
        ("saturation", "down", "node_memory_MemAvailable_bytes|node_filesystem_avail_bytes|cpu_idle|cache_hit_ratio"),
        ("availability", "down", "up|redis_up|service_up|nginx_up|availability|PodSuccessRate(%)|probe_success"),
        ("business", "down", "orders_per_s|shop_orders_total|consumer-purchase-rate|exchange-3_cpc_results|revenue"),
        (
            "other",
            "both",
            "nyc_taxi|last_error|system_failure|value|y|grok_asg_anomaly|GC.commit|go_goroutines|go_gc_duration_seconds|scrape_duration_seconds|"
            "process_start_time_seconds|http_request_duration_seconds_sum|http_requests_created|build_info|uptime_seconds",
        ),
    ],
)
def test_role_and_the_direction_that_hurts(role: str, bad_direction: str, names: str) -> None:
    guesses = [guess(name) for name in names.split("|")]
    assert [g for g in guesses if (g.role, g.bad_direction) != (role, bad_direction)] == []


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        ("s", "http_request_duration_seconds|LatencyP50(s)|latency_s|process_cpu_seconds_total"),
        ("ms", "latency_p95_ms|duration.milliseconds"),
        ("us", "us Per Event|lookup_us"),
        ("bytes", "process_resident_memory_bytes|NetworkReceiveBytes"),
        ("percent", "PodSuccessRate(%)|disk_used_percent"),
        ("share", "error_share|cache_hit_ratio"),
        ("1/s", "requests_per_s|Requests Per Second|qps|reads/s"),
        ("1", "http_requests_total|http_request_duration_seconds_count"),
        ("", "up|queue_depth|iio_us-east-1_i-a2eb1cd9_NetworkIn|requests per shard|CpuUsage(m)"),
    ],
)
def test_unit(unit: str, names: str) -> None:
    assert {name: guess(name).unit for name in names.split("|")} == dict.fromkeys(names.split("|"), unit)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("counter", "http_requests_total|process_cpu_seconds_total|request_duration_seconds_count|latency_sum"),
        ("histogram", "http_request_duration_seconds_bucket"),
        ("gauge", "up|queue_depth|elb_request_count|total_memory|checksum"),
    ],
)
def test_kind(kind: str, names: str) -> None:
    assert [name for name in names.split("|") if guess(name).kind != kind] == []


@pytest.mark.parametrize("name", ["", "漢字", "'; DROP TABLE metrics; --", "\x00", "_" * 10_000, "💥_ms" * 1000])
def test_a_name_that_says_nothing_known_is_no_trouble(name: str) -> None:
    assert guess(name).metric == name
    assert guess(name).guessed


def test_a_guess_says_that_it_is_one() -> None:
    assert guess("up") == MetricMeaning("up", "availability", "", "down", "gauge", guessed=True)
