-- One line for the driver: requests, microseconds, median and 99th percentile of the latency, answers that were no 2xx or 3xx, broken connections.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
