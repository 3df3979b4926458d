using System.Reflection;
using Agency.Tests.Data;
using Agency.Tests.Support;
using Microsoft.Data.SqlClient;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.OnSqlServer;

/// <summary>What can be known of the tests on a SQL Server where there is none.</summary>
public sealed class WiringTests
{
    private const string Server = "Server=tcp:db.example.test,1433;User ID=admin;Password=the-admins;Encrypt=True;TrustServerCertificate=True;Database=elsewhere";

    [Fact]
    public void Each_door_has_a_login_of_its_own_in_a_database_of_its_own()
    {
        var place = SqlServerPlace.Named(Server, "agency_test_x");
        var doors = new[] { place.Owner, place.Application, place.Identity, place.Operator }.Select(text => new SqlConnectionStringBuilder(text)).ToList();

        Assert.Equal(["admin", "agency_test_x_app", "agency_test_x_identity", "agency_test_x_operator"], doors.Select(door => door.UserID));
        Assert.All(doors, door => Assert.Equal(("agency_test_x", "tcp:db.example.test,1433", true), (door.InitialCatalog, door.DataSource, door.TrustServerCertificate)));
        Assert.Equal("the-admins", doors[0].Password);
        Assert.All(doors.Skip(1), door => Assert.DoesNotContain("the-admins", door.Password, StringComparison.Ordinal));
        Assert.NotEqual(doors[1].Password, new SqlConnectionStringBuilder(SqlServerPlace.Named(Server, "agency_test_x").Application).Password);
    }

    [Fact]
    public void Logins_are_made_in_the_roles_of_the_migrations_and_dropped_after_the_database()
    {
        var place = SqlServerPlace.Named(Server, "agency_test_x");
        var made = SqlServerText.Parse(place.LoginsText());
        var roles = SqlServerText.Find<AlterRoleStatement>(made).Select(role => role.Name.Value).ToList();

        Assert.Equal(["agency_app", "agency_identity", "agency_operator"], roles);
        Assert.Subset(SqlServerText.Find<CreateRoleStatement>(SqlServerText.Parse(SqlServerText.Migrations)).Select(role => role.Name.Value).ToHashSet(StringComparer.Ordinal), roles.ToHashSet(StringComparer.Ordinal));
        Assert.Single(SqlServerText.Find<DropDatabaseStatement>(SqlServerText.Parse(place.DropText())));
    }

    [Fact]
    public void A_server_that_is_not_there_is_named_and_no_password_told()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => SqlServerPlace.CreateOn("Server=tcp:127.0.0.1,1;User ID=admin;Password=the-admins;Connect Timeout=2;Encrypt=False;ConnectRetryCount=0"));

        Assert.StartsWith("AGENCY_TEST_SQLSERVER names tcp:127.0.0.1,1, where no database for tests could be made: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-admins", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_test_that_needs_a_server_is_counted_as_skipped_where_there_is_none()
    {
        var tests = typeof(WiringTests).Assembly.GetTypes().Where(type => type.Namespace == typeof(WiringTests).Namespace && type != typeof(WiringTests))
            .SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FactAttribute>()).OfType<FactAttribute>().ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.Equal(
            (SqlServerPlace.NotThere, typeof(SqlServerPlace), nameof(SqlServerPlace.IsThere)), (test.Skip, test.SkipType, test.SkipUnless)));
        Assert.Equal(Environment.GetEnvironmentVariable(SqlServerPlace.Variable) is { Length: > 0 }, SqlServerPlace.IsThere);
    }
}
