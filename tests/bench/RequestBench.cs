using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Agency.Bench;

/// <summary>Requests as the API's users send them, to the API with everything on and to the bare server on a copy of its data.</summary>
internal static class RequestBench
{
    private static readonly Dictionary<string, (string Name, double Goal, int Requests)> Benches = new(StringComparer.Ordinal)
    {
        ["case"] = ("GET one case", 1.4, 1500),
        ["list"] = ("list 100 cases", 1.2, 200),
        ["contact"] = ("POST contact record", 1.3, 700),
    };

    public static async Task RunAsync(Scratch scratch, Scene scene, IReadOnlyList<string> benches, int rounds, TextWriter output)
    {
        await using var api = await Child.StartAsync("api", scratch.Copy(scene.Folder, "api"));
        await using var bare = await Child.StartAsync("bare", scratch.Copy(scene.Folder, "bare"));
        Suite.Head(output);
        foreach (var bench in benches)
        {
            var (name, goal, requests) = Benches[bench];
            List<(Sample, Sample)> samples = [];
            for (var round = -1; round < rounds; round++)
            {
                var token = await api.TokenAsync("swift-api");
                var happenedAt = TimeProvider.System.GetUtcNow();

                // Each round goes on where the one before ended: nobody is called so often in a day that a rule is broken.
                var from = (round + 1) * requests;
                HttpRequestMessage Make(int at) => Request(bench, scene.Cases[(from + at) * 7919 % scene.Cases.Count], token, happenedAt);

                // Which goes first alternates; the first round warms both up and does not count.
                var ours = round % 2 == 0 ? await api.MeasureAsync(requests, Make) : default;
                var theirs = await bare.MeasureAsync(requests, Make);
                ours = round % 2 == 0 ? ours : await api.MeasureAsync(requests, Make);
                if (round >= 0)
                {
                    samples.Add((ours, theirs));
                }
            }

            Suite.Line(output, name, goal, samples);
        }
    }

    private static HttpRequestMessage Request(string bench, string id, string token, DateTimeOffset happenedAt)
    {
        var request = bench switch
        {
            "case" => new HttpRequestMessage(HttpMethod.Get, $"/v1/cases/{id}"),
            "list" => new HttpRequestMessage(HttpMethod.Get, "/v1/cases?limit=100"),
            _ => new HttpRequestMessage(HttpMethod.Post, $"/v1/cases/{id}/contact-records")
            {
                Content = JsonContent.Create(new
                {
                    channel = "call",
                    direction = "outbound",
                    party = "debtor",
                    outcome = "promise",
                    occurredAt = happenedAt,
                    durationSeconds = 95,
                    point = "+8610000000001",
                    note = "Promised to pay half of it on Friday and the rest by the end of the month.",
                }),
            },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Method == HttpMethod.Post)
        {
            request.Headers.Add("Idempotency-Key", $"{id}-{Random.Shared.NextInt64():x}");
        }

        return request;
    }
}
