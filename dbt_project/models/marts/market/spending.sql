-- What buyers spend on IT, software and cloud, and the value traded on platforms (GMV, GTV, bookings).
{{ statements_of('spending') }}
