using Agency.Tests.Data;

namespace Agency.Tests.Isolation;

public sealed class MatrixTests
{
    [Fact]
    public async Task Every_caller_sees_and_writes_what_the_rules_say_and_nothing_else()
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        var matrix = new SqliteMatrix(database);

        var violations = await matrix.FindViolationsAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"{matrix.Tried} deeds tried, {matrix.Refused} refused.");
        Assert.Empty(violations);
        Assert.True(matrix.Tried > 5_000 && matrix.Refused > 2_000, $"{matrix.Tried} deeds tried, {matrix.Refused} refused: the matrix went blind.");
    }

    [Fact]
    public async Task A_new_table_without_a_case_is_noticed()
    {
        using var database = new ScratchDatabase();
        World.Seed(database);
        database.Execute("CREATE TABLE base_secret (bank_id INTEGER NOT NULL) STRICT");

        Assert.NotEmpty(await new SqliteMatrix(database).FindViolationsAsync(only: "nothing"));
    }
}
