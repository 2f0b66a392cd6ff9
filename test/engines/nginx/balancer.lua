-- A name is refused here, and nginx goes to the server that is written in its upstream.
local _, refusal = require("ngx.balancer").set_current_peer(ngx.ctx.host, ngx.ctx.port)
if refusal then ngx.log(ngx.INFO, ngx.ctx.host, ": ", refusal) end
