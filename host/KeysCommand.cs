using Agency.Api;
using Agency.Api.Data;

namespace Agency.Host;

/// <summary>The care of the key ring from a shell, on the host's own configuration.</summary>
public static class KeysCommand
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int Misused = 2;

    private const string Usage = """
        usage: dotnet run --project host -- keys rotate
          Adds a secret to the key ring: what is written after the next start of each instance is encrypted under it. Back the ring up afterwards.
        Settings are the host's: Data__Folder, Keys__WrappingKey in the environment.
        """;

    /// <returns>0 done, 1 refused, 2 the words of the command are off.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output, TextWriter error, Action<WebApplicationBuilder>? configure = null)
    {
        if (words is not ["rotate"])
        {
            await error.WriteLineAsync(Usage);
            return Misused;
        }

        try
        {
            await using var app = ApiApp.Build([], configure);
            var file = app.Services.GetRequiredService<DataFolder>().KeyRing;
            var number = KeyRing.Rotate(file, app.Services.GetRequiredService<WrappingKeys>());
            await output.WriteLineAsync($"{file} has a secret {number}. Back it up, then restart every instance: each writes under it from then on, and reads what was written under the others.");
            return Done;
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidDataException or IOException)
        {
            await error.WriteLineAsync(exception.Message);
            return Refused;
        }
    }
}
