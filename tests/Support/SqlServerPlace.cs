using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Agency.Db;
using Microsoft.Data.SqlClient;

namespace Agency.Tests.Support;

/// <summary>
/// A database of its own on the server that the variable names, migrated, with a login for each of the service's three roles and none in two, as
/// OPERATIONS.md has them. In the end the database is dropped, and its logins.
/// </summary>
internal sealed class SqlServerPlace : IDisposable
{
    /// <summary>A connection string of a login that may create databases and logins.</summary>
    public const string Variable = "AGENCY_TEST_SQLSERVER";

    public const string NotThere = $"{Variable} holds no connection string: nothing is tried on a SQL Server.";

    private static readonly (string Role, string Suffix)[] Roles = [("agency_app", "app"), ("agency_identity", "identity"), ("agency_operator", "operator")];

    private readonly string server;
    private readonly string password = $"Aa1!{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";

    private SqlServerPlace(string server, string name) => (this.server, Name) = (server, name);

    /// <summary>Whether there is a server to try things on; asked by every test that needs one.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public string Name { get; }

    /// <summary>The login of the variable, in this database: the migrator's.</summary>
    public string Owner => To(Name);

    public string Application => As("app");

    public string Identity => As("identity");

    public string Operator => As("operator");

    /// <summary>A migrated database on the server of the variable.</summary>
    public static SqlServerPlace Create() => CreateOn(Environment.GetEnvironmentVariable(Variable)!);

    /// <exception cref="InvalidOperationException">The server is not there, or the login may not do it: the message says which server, and no password.</exception>
    public static SqlServerPlace CreateOn(string server)
    {
        var place = Named(server, string.Create(CultureInfo.InvariantCulture, $"agency_test_{Guid.CreateVersion7():N}"));
        try
        {
            _ = new Migrator("sqlserver", place.Owner).Migrate();
            place.Run(place.Owner, place.LoginsText());
            return place;
        }
        catch (Exception exception) when (exception is DbException or MigrationException)
        {
            place.TryDispose();
            throw new InvalidOperationException($"{Variable} names {new SqlConnectionStringBuilder(server).DataSource}, where no database for tests could be made: {exception.Message}", exception);
        }
    }

    /// <summary>The place as it would be, without a server being asked.</summary>
    public static SqlServerPlace Named(string server, string name) => new(server, name);

    public void Dispose() => Run(To("master"), DropText());

    internal string LoginsText() => string.Join('\n', Roles.Select(role => $"""
        CREATE LOGIN [{Name}_{role.Suffix}] WITH PASSWORD = '{password}', CHECK_EXPIRATION = OFF;
        CREATE USER [{Name}_{role.Suffix}] FOR LOGIN [{Name}_{role.Suffix}];
        ALTER ROLE {role.Role} ADD MEMBER [{Name}_{role.Suffix}];
        """));

    internal string DropText() => string.Join('\n',
    [
        $"IF DB_ID('{Name}') IS NOT NULL BEGIN ALTER DATABASE [{Name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{Name}]; END;",
        .. Roles.Select(role => $"IF SUSER_ID('{Name}_{role.Suffix}') IS NOT NULL DROP LOGIN [{Name}_{role.Suffix}];"),
    ]);

    private string To(string database) => new SqlConnectionStringBuilder(server) { InitialCatalog = database }.ToString();

    private string As(string suffix) =>
        new SqlConnectionStringBuilder(server) { InitialCatalog = Name, IntegratedSecurity = false, UserID = $"{Name}_{suffix}", Password = password }.ToString();

    private void TryDispose()
    {
        try
        {
            Dispose();
        }
        catch (DbException)
        {
            // There was nothing to make it on: the first failure says so.
        }
    }

    private void Run(string connectionString, string text)
    {
        // Connections that rest in the pools would keep the database from being dropped, and the logins.
        SqlConnection.ClearAllPools();
#pragma warning disable RS0030
        using var connection = new SqlConnection(connectionString);
#pragma warning restore RS0030
        connection.Open();
        using var command = new SqlCommand(text, connection);
        command.ExecuteNonQuery();
    }
}
