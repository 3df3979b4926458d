using System.Data.Common;

namespace Agency.Db;

/// <summary>The migrator as a command: <c>migrate</c> applies what is pending, <c>status</c> lists what stands where.</summary>
public static class MigratorCommand
{
    private const string Usage = "usage: dotnet run --project db -- migrate|status --engine sqlserver|sqlite --connection \"...\"";

    /// <returns>0 done, 1 refused or failed, 2 the words of the command are off.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not [("migrate" or "status") and var verb, .. var options] || Read(options) is not (var engine, var connection))
        {
            error.WriteLine(Usage);
            return 2;
        }

        try
        {
            var migrator = new Migrator(engine, connection);
            if (verb == "status")
            {
                var standing = migrator.Status();
                foreach (var (name, state) in standing)
                {
                    output.WriteLine($"{state.ToString().ToLowerInvariant(),-8} {name}");
                }

                return standing.Any(s => s.State == MigrationState.Changed) ? 1 : 0;
            }

            var applied = migrator.Migrate();
            output.WriteLine(applied.Count == 0 ? "Nothing to do: the database is up to date." : $"Applied {string.Join(", ", applied)}.");
            return 0;
        }
        catch (Exception exception) when (exception is MigrationException or DbException or ArgumentException or IOException)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static (string Engine, string Connection)? Read(string[] options) => options switch
    {
        ["--engine", var engine, "--connection", var connection] => (engine, connection),
        ["--connection", var connection, "--engine", var engine] => (engine, connection),
        _ => null,
    };
}
