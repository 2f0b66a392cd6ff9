local headers = ngx.req.get_headers()
local route = require("route_table").choose(headers["dest-party-id"] or headers["dest-env"], headers["service"])
ngx.ctx.host = route.host
ngx.ctx.port = ngx.req.http_version() == 2 and route.grpc_port or route.http_port
