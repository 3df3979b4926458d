using System.Text.Json;
using Agency.Sdk;

namespace Agency.Tests.Support;

/// <summary>What every write is asked, beside whether it works. Each question looks at the base tables before and after.</summary>
public static class Questions
{
    /// <summary>The write is refused with this problem, and nothing is stored of it.</summary>
    public static async Task<ProblemBody> RefusesAsync(this Story story, int status, string code, Func<Task> write)
    {
        var before = StoredRows.Digest(story.Service.Database);
        var refusal = await Assert.ThrowsAnyAsync<AgencyException>(write);
        Assert.Equal((status, code), (refusal.StatusCode, refusal.Code));
        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
        return refusal.Problem!;
    }

    /// <summary>To this caller the row does not exist: it gets the very problem, but its trace, that a row gets which never was.</summary>
    public static async Task HidesAsync(this Story story, string code, Guid row, Func<Guid, Task> call)
    {
        var there = await story.RefusesAsync(404, code, () => call(row));
        var nowhere = await story.RefusesAsync(404, code, () => call(Guid.Parse("0197f0e0-0000-7000-8000-000000000000")));
        (there.TraceId, nowhere.TraceId) = ("", "");
        Assert.Equal(JsonSerializer.Serialize(nowhere), JsonSerializer.Serialize(there));
    }

    /// <summary>The second request under a key changes nothing and gets the first one's answer.</summary>
    public static async Task<T> ActsOnceAsync<T>(this Story story, Func<string, Task<T>> write)
    {
        var before = StoredRows.Digest(story.Service.Database);
        var first = await write("the same key");
        var after = StoredRows.Digest(story.Service.Database);
        Assert.NotEqual(before, after);

        var second = await write("the same key");

        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(second));
        Assert.Equal(after, StoredRows.Digest(story.Service.Database));
        return first;
    }
}
