using Agency.Api.Data;

namespace Agency.Tests.Data;

public sealed class SessionTests : IDisposable
{
    private static readonly TenantContext Operator = new(1, TenantKind.Operator);
    private static readonly Sql Insert = new("INSERT INTO tenant (id, code, name, kind, created_at) VALUES (@id, @code, @code, 'bank', @now)");
    private static readonly Sql Count = new("SELECT COUNT(*) FROM tenant");
    private static readonly Sql Read = new("SELECT tenant_id AS number, id, code, created_at FROM tenant WHERE id = @id");

    private readonly ScratchDatabase database = new();
    private readonly Id id = Id.Parse("01970000-0000-7000-8000-000000000001", null);
    private readonly DateTimeOffset now = new(2026, 3, 2, 9, 0, 0, 123, TimeSpan.Zero);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task What_is_not_committed_is_undone_and_what_is_stays()
    {
        await using (var session = await database.OpenAsync(Operator, write: true))
        {
            await session.ExecuteAsync(Insert, new { id, code = "harbour", now });
            Assert.Equal(1, await session.FindAsync<int>(Count));
        }

        Assert.Equal("0", Stored());

        await using (var session = await database.OpenAsync(Operator, write: true))
        {
            await session.ExecuteAsync(Insert, new { id, code = "harbour", now });
            await session.CommitAsync();
        }

        Assert.Equal("1", Stored());
    }

    [Fact]
    public async Task A_failed_statement_leaves_nothing_of_its_session()
    {
        await using (var session = await database.OpenAsync(Operator, write: true))
        {
            await session.ExecuteAsync(Insert, new { id, code = "harbour", now });
            var refusal = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => session.ExecuteAsync(Insert, new { id, code = "summit", now }));
            Assert.True(database.Engine.IsDuplicate(refusal));
        }

        Assert.Equal("0", Stored());
        await using var next = await database.OpenAsync(Operator, write: true);
        await next.ExecuteAsync(Insert, new { id, code = "harbour", now });
        await next.CommitAsync();
        Assert.Equal("1", Stored());
    }

    [Fact]
    public async Task Values_come_back_as_they_went()
    {
        await using var session = await database.OpenAsync(Operator, write: true);
        await session.ExecuteAsync(Insert, new { id, code = "harbour", now });

        Assert.Equal(new Tenant(1, id, "harbour", now), await session.FindAsync<Tenant>(Read, new { id }));
        Assert.Null(await session.FindAsync<Tenant>(Read, new { id = default(Id) }));
    }

    [Fact]
    public async Task A_reader_sees_one_moment_and_does_not_wait_for_the_writer()
    {
        await using var reader = await database.OpenAsync(Operator);
        Assert.Equal(0, await reader.FindAsync<int>(Count));
        await using (var writer = await database.OpenAsync(Operator, write: true))
        {
            await writer.ExecuteAsync(Insert, new { id, code = "harbour", now });
            await writer.CommitAsync();
        }

        Assert.Equal(0, await reader.FindAsync<int>(Count));
        await using var later = await database.OpenAsync(Operator);
        Assert.Equal(1, await later.FindAsync<int>(Count));
    }

    private string Stored() => database.ReadNames("SELECT count(*) FROM base_tenant").Single();

    private sealed record Tenant(int Number, Id Id, string Code, DateTimeOffset CreatedAt);
}
