using System.Text.Json.Nodes;
using Agency.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Readme;

public sealed class ReadmeTests
{
    // In the evening of UTC the debtor's day is the next one already.
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public async Task The_calls_of_the_README_do_the_main_job(int hoursLater)
    {
        var now = TestDatabase.Start.AddHours(hoursLater);
        await using var service = await TestService.StartAsync(clock: new FakeTimeProvider(now));
        var shell = new ShellLines(service.Anonymous, now);
        var answers = new List<(string Statement, int Status, JsonNode? Body)>();

        foreach (var statement in ShellLines.StatementsOf(CallsOf(Repository.Read("README.md"))))
        {
            var sent = statement.Replace("http://localhost:5080", service.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
            var answer = await shell.RunAsync(sent);
            while (answer is { } import && sent.Contains("/v1/imports/$IMPORT", StringComparison.Ordinal) && import.Body?["state"]?.GetValue<string>() is "queued" or "running")
            {
                await Task.Yield();
                answer = await shell.RunAsync(sent);
            }

            if (answer is { } got)
            {
                answers.Add((statement, got.Status, got.Body));
            }
        }

        Assert.True(answers.Count >= 12, "The README has a dozen calls.");
        Assert.All(answers.SkipLast(1), answer => Assert.True(answer.Status is >= 200 and < 300, $"{answer.Statement}\n{answer.Status} {answer.Body}"));
        Assert.Equal(2, answers.Single(a => a.Statement.Contains("/v1/imports/$IMPORT", StringComparison.Ordinal)).Body?["rowsAccepted"]?.GetValue<long>());
        Assert.Equal("confirmed", answers.Single(a => a.Statement.Contains("/confirmation", StringComparison.Ordinal)).Body?["state"]?.GetValue<string>());
        Assert.Equal((404, "case.not_found"), (answers[^1].Status, answers[^1].Body?["code"]?.GetValue<string>()));
    }

    private static string CallsOf(string readme)
    {
        var start = readme.IndexOf("```sh\nAPI=", StringComparison.Ordinal) + "```sh\n".Length;
        return readme[start..readme.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}
