require("route_table").start()
