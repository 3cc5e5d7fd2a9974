#!lua flags=allow-oom
-- Every script begins with this. KEYS[1]: the hash of leases. ARGV[1]: the caller's random bits for a new incarnation, since
-- Lua's own generator starts alike at every start of Redis.
local leases = KEYS[1]
local info = redis.call('INFO', 'server', 'replication')
local epoch = redis.sha1hex(string.match(info, 'run_id:(%x+)') .. string.match(info, 'master_replid:(%x+)'))
local function start_anew()
  redis.call('DEL', leases)
  redis.call('HSET', leases, 'epoch', epoch, 'inc', ARGV[1], 'seq', 0)
end
if redis.call('HGET', leases, 'epoch') ~= epoch then
  start_anew()
end
