using Agency.Bench;

// The servers under measurement are this program again, as children: their CPU time is then theirs alone.
return args switch
{
    ["serve", "api", var folder] => await Servers.RunApiAsync(folder),
    ["serve", "bare", var folder] => await Servers.RunBareAsync(folder),
    _ => await Suite.RunAsync(args, Console.Out),
};
