"""Oscar's shipping app, forked for its methods: two ways with a fixed charge each."""
