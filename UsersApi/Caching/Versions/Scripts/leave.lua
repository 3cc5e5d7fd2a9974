-- ARGV[2]: channel. ARGV[3]: the node, which has stopped hitting. What it hears of this comes after all that it has to acknowledge.
redis.call('HDEL', leases, 'n:' .. ARGV[3])
local inc = redis.call('HGET', leases, 'inc')
local seq = redis.call('HGET', leases, 'seq')
redis.call('PUBLISH', ARGV[2], table.concat({'left', inc, seq, ARGV[3]}, '\n'))
