-- Counts the calls of FATE's nginx for Prometheus, and tells which table of routes it reads: two pods with different ones send the
-- same call to different places.
local calls = ngx.shared.calls
local parties = {}
local checksum
local metrics = {}

-- As nginx starts, and anew at each reload.
function metrics.read(path)
  local file = assert(io.open(path))
  local routes = file:read("*a")
  file:close()
  checksum = ngx.crc32_long(routes)
  for id in ("\n" .. routes):gmatch("\n(%d+):") do parties[id] = true end
end

-- Whoever calls writes the header: a party that no route names is one of the others, or there would be no end of them.
function metrics.count()
  local id = ngx.var.http_dest_party_id
  calls:incr((id and parties[id] and id or "other") .. " " .. ngx.var.status, 1, 0)
end

function metrics.show()
  ngx.header["Content-Type"] = "text/plain; version=0.0.4"
  ngx.say("# TYPE fate_nginx_routes_checksum gauge\nfate_nginx_routes_checksum ", checksum)
  ngx.say("# TYPE fate_nginx_calls_total counter")
  for _, key in ipairs(calls:get_keys(0)) do
    local party, status = key:match("^(%S+) (%S+)$")
    ngx.say('fate_nginx_calls_total{party="', party, '",status="', status, '"} ', calls:get(key))
  end
end

return metrics
