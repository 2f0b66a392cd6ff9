-- Refuses a call of a party that says it is another's. FATE Flow believes what a call says.
--
-- variables of nginx:
--   call            "probe" if it need not say whose it is
--   caller          id of the party whose certificate was verified
--   caller_header   header in which a call says whose it is
--   caller_field    field of its body, an object in JSON, in which it does; empty where none counts
--   refusal         gets the reason, for the location @refused
local cjson = require "cjson.safe"

local function body()
  ngx.req.read_body()
  local path = ngx.req.get_body_file() -- of a body that is too large for memory
  if not path then return ngx.req.get_body_data() or "" end
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local function reason(caller, header, field)
  local headers, truncated = ngx.req.get_headers() -- 100 at most, as FATE's router sees them
  if truncated then return "this call has too many headers" end
  for _, name in ipairs { "dest-party-id", "service", header } do
    if type(headers[name]) == "table" then return "this call has a header twice: " .. name end
  end
  if ngx.var.call == "probe" then return end
  if headers[header] ~= caller then return "in its header " .. header .. " this call says that it is another's" end
  if field == "" then return end
  local said = cjson.decode(body())
  if type(said) ~= "table" then return "the body of this call is no object in JSON" end
  if said[field] ~= caller and said[field] ~= tonumber(caller) then
    return "in its body, " .. field .. ", this call says that it is another's"
  end
end

local refusal = reason(ngx.var.caller, ngx.var.caller_header, ngx.var.caller_field)
if refusal then
  ngx.var.refusal = refusal
  return ngx.exec "@refused"
end
