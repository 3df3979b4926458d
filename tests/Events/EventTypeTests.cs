using System.Text.RegularExpressions;
using Agency.Api.Events;
using Agency.Tests.Support;

namespace Agency.Tests.Events;

/// <summary>The catalogue of events says all that the service tells, and nothing that it does not.</summary>
public sealed partial class EventTypeTests
{
    [Fact]
    public void The_catalogue_has_every_type_that_the_code_writes_and_no_other()
    {
        var written = Written().ToList();

        Assert.True(written.Count >= 10, "No event was found in the code.");
        Assert.Equal([], written.Where(type => !EventTypes.All.Keys.Any(known => Regex.IsMatch(known, $"^{type}$"))), StringComparer.Ordinal);
        var words = Sources().SelectMany(file => TypesIn(File.ReadAllText(file))).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], EventTypes.All.Keys.Where(known => !words.Any(type => Regex.IsMatch(known, $"^{type}$"))), StringComparer.Ordinal);
    }

    [Fact]
    public void A_type_that_is_not_in_the_catalogue_is_never_written() =>
        Assert.Throws<ArgumentException>(() => new Event("case.forgotten", default, 1, null));

    [Fact]
    public void Each_is_named_noun_verb_and_told_in_a_sentence() => Assert.All(EventTypes.All, type =>
    {
        Assert.Matches(NounVerb(), type.Key);
        Assert.True(type.Value.Length > 20 && type.Value.EndsWith('.') && char.IsUpper(type.Value[0]), type.Key);
    });

    [Fact]
    public async Task What_both_sides_do_is_in_the_catalogue()
    {
        await using var story = await Story.AtCasesAsync(3);
        await FollowTests.DoAsync(story);
        await story.ApproveAsync(Assert.Single((await story.Swift.SettlementProposals.ListPageAsync()).Items));
        await story.ReverseAsync(await story.PayAsync(100));
        await story.Harbour.Repayments.RejectAsync((await story.ReportAsync(1)).Id, Deeds.Because);
        await story.PayAsync(500);
        await story.RecallAsync(story.Cases["A-3"]);

        using var connection = story.Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT type, subject FROM base_event";
        using var reader = command.ExecuteReader();
        var types = 0;
        while (reader.Read())
        {
            types++;
            Assert.Contains(reader.GetString(0), EventTypes.All.Keys);
            Assert.Contains(reader.GetString(1), EventTypes.Kinds);
        }

        Assert.True(types >= 14, $"{types} types were written.");
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "api"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) != "EventTypes.cs");

    // One whose type is worked out elsewhere is held to the catalogue when it is written.
    private static IEnumerable<string> Written() => Sources().SelectMany(file => Deed().Matches(File.ReadAllText(file)).SelectMany(match => TypesIn(match.Value)));

    // As patterns: a part that is worked out can be any word.
    private static IEnumerable<string> TypesIn(string text) =>
        Literal().Matches(text).Select(match => Worked().Replace(match.Groups["type"].Value, "[a-z_]+").Replace(".", "\\.", StringComparison.Ordinal));

    [GeneratedRegex(@"(?:EmitAsync\(new\b|new Event\(|TellAsync\(work, )[^;]*;", RegexOptions.Singleline)]
    private static partial Regex Deed();

    [GeneratedRegex("\\$?\"(?<type>[a-z_]+\\.[^\" ]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Worked();

    [GeneratedRegex("^[a-z]+(?:_[a-z]+)*\\.[a-z]+(?:_[a-z]+)*$")]
    private static partial Regex NounVerb();
}
