-- KEYS[2..]: tags. ARGV[2]: seconds that a version lives. ARGV[3..]: a token for each tag that has no version.
local reply = {epoch}
for i = 2, #KEYS do
  local version = redis.call('GET', KEYS[i])
  if not version then
    version = ARGV[i + 1]
    redis.call('SET', KEYS[i], version, 'EX', ARGV[2])
  end
  reply[i] = version
end
return reply
