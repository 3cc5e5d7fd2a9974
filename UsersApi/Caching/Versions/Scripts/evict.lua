-- KEYS[2..]: tags. ARGV[2]: seconds that a version lives. ARGV[3]: channel. ARGV[4]: the writing node. ARGV[5]: the id under
-- which holders acknowledge. ARGV[6]: the tags' names, one a line. ARGV[7..]: a new token for each tag.
for i = 2, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i + 5], 'EX', ARGV[2])
end
local inc = redis.call('HGET', leases, 'inc')
local seq = redis.call('HINCRBY', leases, 'seq', 1)
redis.call('PUBLISH', ARGV[3], table.concat({'eviction', inc, seq, ARGV[4], ARGV[5], ARGV[6]}, '\n'))
local reply = {inc, seq, redis.call('HEXISTS', leases, 'calm')}
for _, field in ipairs(redis.call('HKEYS', leases)) do
  local node = string.match(field, '^n:(.+)')
  if node then
    reply[#reply + 1] = node
  end
end
return reply
