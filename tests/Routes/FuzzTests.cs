using System.Globalization;
using System.Text.Json;

namespace Agency.Tests.Routes;

/// <summary>
/// Every route of the contract is sent requests that are right but for something odd: each answer is a success or a problem that says what to
/// mend, and none is a failure of the service's. Seeded, so that the same requests are sent every run; with AGENCY_TEST_LONG=1 thirty times as many.
/// </summary>
public sealed class FuzzTests(RouteWorld world) : IClassFixture<RouteWorld>
{
    private const int Each = 40;

    // Signs of what must stay inside.
    private static readonly string[] Inside = ["   at ", "Exception", "System.", "Microsoft.", "SQLite", "SELECT ", "base_"];

    [Fact]
    public async Task Whatever_is_sent_is_answered_and_never_by_a_failure()
    {
        var each = Environment.GetEnvironmentVariable("AGENCY_TEST_LONG") == "1" ? 30 * Each : Each;
        var statuses = new SortedDictionary<int, int>();
        foreach (var (index, route) in RouteList.All.Index())
        {
            var random = new Random(index);
            var access = Access.Table[route.Operation];
            string[] callers = access.PeopleOnly ? ["analyst@harbour.example", "manager@swift.example"] : access.Operator ? ["operator"] : [.. ((string[])["harbour", "swift"]).Where(access.AllowsTenant)];
            var sample = await world.SampleAsync(route);
            for (var number = 0; number < each; number++)
            {
                var name = callers[random.Next(callers.Length)];
                var caller = access.PeopleOnly ? world.Service.ForPerson(name) : world.Service.For(name);
                using var request = Mutants.Of(route, sample, random);
                using var answer = await caller.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                var status = (int)answer.StatusCode;
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                Check(string.Create(CultureInfo.InvariantCulture, $"{route.Operation} {number}: {request.Method} {request.RequestUri}"), status, answer.Content.Headers.ContentType?.MediaType, text);
            }
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", statuses.Select(status => $"{status.Key}: {status.Value}")));

        // Else the requests were all refused at the door, or none was odd.
        Assert.True(statuses.GetValueOrDefault(422) > 50 && statuses.GetValueOrDefault(400) > 100 && statuses.GetValueOrDefault(200) > 100, "The requests were not what they should be.");
    }

    private static void Check(string what, int status, string? type, string text)
    {
        Assert.True(status < 500, $"{what}: {status} {text}");
        if (status >= 400)
        {
            Assert.True(type == "application/problem+json", $"{what}: {status} {type} {text}");
            Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!.Contains('.', StringComparison.Ordinal), $"{what}: {text}");
            Assert.All(Inside, sign => Assert.False(text.Contains(sign, StringComparison.Ordinal), $"{what}: {text}"));
        }
    }
}
