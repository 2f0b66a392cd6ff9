-- Stand-in for the route table of FATE's nginx: read in every worker at its start and every five seconds, and kept in a
-- cache that is only added to. Of YAML it takes block maps, block lists of maps, plain and quoted scalars, and comments.
local lrucache = require "resty.lrucache"

local routes = assert(lrucache.new(500))
local M = {}

local function fail(line, what)
  error("route table, line " .. line.number .. ": " .. what .. ": " .. line.text, 0)
end

local function scalar(line, text)
  local quoted = text:match '^"([^"\\]*)"$' or text:match "^'([^']*)'$"
  if quoted then return quoted end
  if text:find "^[%[{&*!|>%%@`\"']" or text:find ": " then fail(line, "no plain scalar") end
  return tonumber(text) or text
end

local function lines_of(text)
  local lines, number = {}, 0
  for raw in (text .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    local indent, rest = raw:gsub("%s+#.*$", ""):match "^( *)(.-)%s*$"
    if rest ~= "" and not rest:find "^#" then
      local line = { number = number, indent = #indent, text = rest }
      if rest:find "^%-%-%-" or rest:find "\t" then fail(line, "not taken") end
      lines[#lines + 1] = line
    end
  end
  return lines
end

local value_at

local function map_at(lines, at, indent)
  local map = {}
  while lines[at] and lines[at].indent == indent and not lines[at].text:find "^%- " do
    local line = lines[at]
    local key, rest = line.text:match "^([^:]+):%s*(.*)$"
    if not key then fail(line, "no key") end
    key = tostring(scalar(line, key))
    while map[key] ~= nil do key = key .. "_1" end -- the first of equal keys keeps its name
    if rest == "" then
      map[key], at = value_at(lines, at + 1, indent)
    else
      map[key], at = scalar(line, rest), at + 1
    end
  end
  return map, at
end

local function list_at(lines, at, indent)
  local list = {}
  while lines[at] and lines[at].indent == indent and lines[at].text:find "^%- " do
    local line = lines[at]
    local dash = #line.text:match "^%-%s+"
    lines[at] = { number = line.number, indent = indent + dash, text = line.text:sub(dash + 1) }
    list[#list + 1], at = map_at(lines, at, indent + dash)
  end
  return list, at
end

value_at = function(lines, at, above)
  local line = lines[at]
  if not line then return {}, at end
  if line.text:find "^%- " and line.indent >= above then return list_at(lines, at, line.indent) end
  if line.indent <= above then return {}, at end
  return map_at(lines, at, line.indent)
end

local function parse(text)
  local lines = lines_of(text)
  local map, at = map_at(lines, 1, 0)
  if lines[at] then fail(lines[at], "not expected here") end
  return map
end

local function load()
  local file = assert(io.open(ngx.config.prefix() .. "conf/route_table.yaml"))
  local text = file:read "*a"
  file:close()
  for key, value in pairs(parse(text)) do routes:set(key, value) end
end

local function poll(premature)
  if premature then return end
  load() -- what fails here ends the polling
  assert(ngx.timer.at(5, poll))
end

M.start = function() assert(ngx.timer.at(0, poll)) end

M.choose = function(party, service)
  local known = party and routes:get(party)
  local hosts = known and known[service] or not known and routes:get("default").proxy
  return hosts[math.random(#hosts)]
end

return M
