using Agency.Host.Demo;
using Agency.Tests.Support;

namespace Agency.Tests.Host;

/// <summary>How the example data is taken up where a start was cut short.</summary>
public sealed class DemoJournalTests : IDisposable
{
    private readonly TestDatabase database = TestDatabase.Empty();

    private string File_ => Path.Combine(database.Folder, "journal");

    [Fact]
    public async Task A_step_that_was_done_is_not_sent_again_and_the_last_of_them_is_told()
    {
        using (var first = DemoJournal.Open(File_))
        {
            Assert.Equal(1, first.Attempt);
            Assert.Equal(["a", "b"], [await first.OnceAsync(_ => Task.FromResult("a")), await first.OnceAsync(_ => Task.FromResult("b"))]);
        }

        using var second = DemoJournal.Open(File_);
        var caughtUp = 0;
        second.CaughtUp = () => caughtUp++;
        Assert.Equal("a", await second.OnceAsync<string>(_ => throw new InvalidOperationException("It was sent again.")));
        Assert.Equal(0, caughtUp);
        Assert.Equal("b", await second.OnceAsync<string>(_ => throw new InvalidOperationException("It was sent again.")));
        Assert.Equal(1, caughtUp);
        Assert.Equal("example-3", await second.OnceAsync(Task.FromResult));
        Assert.Equal(1, caughtUp);
    }

    [Fact]
    public void Every_start_counts_as_an_attempt_and_keeps_the_first_ones_instant()
    {
        DateTimeOffset begun;
        using (var first = DemoJournal.Open(File_))
        {
            begun = first.Begun;
        }

        using (DemoJournal.Open(File_))
        {
        }

        using var third = DemoJournal.Open(File_);
        Assert.Equal((begun, 3), (third.Begun, third.Attempt));
    }

    public void Dispose() => database.Dispose();
}
