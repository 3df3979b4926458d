using Agency.Api.Data;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Data;

public sealed class IdTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public void An_id_is_a_UUID_of_version_7_that_tells_its_millisecond()
    {
        var bytes = new Ids(clock).New().ToBytes();

        Assert.Equal(16, bytes.Length);
        Assert.Equal(7, bytes[6] >> 4);
        Assert.Equal(0b10, bytes[8] >> 6);
        Assert.Equal(clock.GetUtcNow().ToUnixTimeMilliseconds(), Convert.ToInt64(Convert.ToHexString(bytes[..6]), 16));
    }

    [Fact]
    public void Each_id_sorts_after_the_one_before_within_a_millisecond_and_when_the_clock_steps_back()
    {
        var ids = new Ids(clock);
        var made = Enumerable.Range(0, 10_000).Select(_ => ids.New()).ToList();
        clock.AdjustTime(clock.GetUtcNow().AddMinutes(-5));
        made.AddRange(Enumerable.Range(0, 10_000).Select(_ => ids.New()));

        Assert.All(made.Zip(made.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void Ids_made_by_many_at_once_are_all_different()
    {
        var ids = new Ids(clock);
        Assert.Equal(100_000, ParallelEnumerable.Range(0, 100_000).Select(_ => ids.New()).Distinct().Count());
    }

    [Fact]
    public void SQLite_sorts_the_bytes_as_ids_were_made()
    {
        using var database = new ScratchDatabase();
        var ids = new Ids(clock);
        var made = new List<Id>();
        for (var i = 0; i < 500; i++)
        {
            clock.Advance(TimeSpan.FromHours(i * 7));
            made.Add(ids.New());
        }

        database.Execute("CREATE TABLE sorted (id BLOB PRIMARY KEY) WITHOUT ROWID");
        foreach (var id in Enumerable.Reverse(made))
        {
            database.Execute("INSERT INTO sorted VALUES (@id)", new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = id.ToBytes() });
        }

        Assert.Equal(made, database.Read("SELECT id FROM sorted ORDER BY id").Select(row => Id.FromBytes((byte[])row["id"]!)));
        Assert.Equal(made[7], Id.Parse(made[7].ToString(), null));
    }
}
