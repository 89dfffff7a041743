-- wrk script. The first argument names the bench; done() prints: p50 p99 (microseconds), requests, duration
-- (microseconds), failures.
local bench = "genesis"
local count = 0
local fixed

function init(args)
  bench = args[1] or bench
  -- Each round asks for committees of its own, so that none is answered from an earlier round.
  count = tonumber(args[2] or "0")
  if bench == "validators_1mb" then
    fixed = wrk.format("GET", "/eth/v1/beacon/states/head/validators")
  elseif bench == "block_post_100kb" then
    -- What is in the block is the node's affair; a proxy sees bytes.
    fixed = wrk.format("POST", "/eth/v2/beacon/blocks",
      { ["Content-Type"] = "application/octet-stream", ["Eth-Consensus-Version"] = "electra" }, string.rep("\1\2\3\255", 25600))
  elseif bench == "genesis" then
    fixed = wrk.format("GET", "/eth/v1/beacon/genesis")
  end
end

function request()
  if fixed then
    return fixed
  end
  if bench == "attestation_data_first" then
    count = count + 1
  end
  return wrk.format("GET", "/eth/v1/validator/attestation_data?slot=100&committee_index=" .. count)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("MEASURED %d %d %d %d %d", latency:percentile(50), latency:percentile(99), summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
