using System.Text.Json;
using Agency.Tests.Http;

namespace Agency.Tests.Events;

/// <summary>A reader that keeps its place, as a nightly sync does; raw, so that any list can be followed by its address.</summary>
internal sealed class Following(HttpClient http, string path, int limit = 1000)
{
    /// <summary>Where it is.</summary>
    public string Place { get; private set; } = "start";

    /// <summary>All that came since the last time, page by page until the place stays the same.</summary>
    public async Task<List<JsonElement>> ReadAsync()
    {
        List<JsonElement> all = [];
        string before;
        do
        {
            before = Place;
            all.AddRange(await PageAsync());
        }
        while (Place != before);
        return all;
    }

    /// <summary>The ids of what came since the last time.</summary>
    public async Task<List<Guid>> IdsAsync() => [.. (await ReadAsync()).Select(item => item.GetProperty("id").GetGuid())];

    /// <summary>One page.</summary>
    public async Task<List<JsonElement>> PageAsync()
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var page = (await http.CallAsync("GET", $"{path}{separator}limit={limit}&changed_after={Place}")).Is(200).Json;
        Place = page.GetProperty("changedAfter").GetString()!;
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
