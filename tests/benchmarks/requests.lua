-- wrk script. The first argument names the bench; done() prints: p50 p99 (microseconds), requests, failures.
local bench = "genesis"
local count = 0

function init(args)
  bench = args[1] or bench
  -- Each round asks for committees of its own, so that none is answered from an earlier round.
  count = tonumber(args[2] or "0")
end

function request()
  if bench == "genesis" then
    return wrk.format("GET", "/eth/v1/beacon/genesis")
  end
  if bench == "attestation_data_first" then
    count = count + 1
  end
  return wrk.format("GET", "/eth/v1/validator/attestation_data?slot=100&committee_index=" .. count)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("MEASURED %d %d %d %d", latency:percentile(50), latency:percentile(99), summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
