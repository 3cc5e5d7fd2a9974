-- KEYS[2..]: tag keys that hits used. ARGV[2]: channel. ARGV[3]: the node; empty where it holds no lease. ARGV[4]: what the
-- node knows this renewal by. ARGV[5]: the incarnation which this node has known for longer than a lease, or nothing.
local inc = redis.call('HGET', leases, 'inc')
local seq = redis.call('HGET', leases, 'seq')
if ARGV[3] ~= '' then
  redis.call('HSET', leases, 'n:' .. ARGV[3], seq)
end
if ARGV[5] == inc then
  redis.call('HSET', leases, 'calm', 1)
end
if #KEYS > 1 then
  redis.call('TOUCH', unpack(KEYS, 2))
end
redis.call('PUBLISH', ARGV[2], table.concat({'grant', inc, seq, ARGV[3], ARGV[4]}, '\n'))
return inc
