using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Agency.Tests.Support;

namespace Agency.Tests.SdkPackage;

/// <summary>The package as somebody has it who knows its README alone: packed, installed into a new project, and run against the API.</summary>
public sealed class PackageTests(Packed packed) : IClassFixture<Packed>, IDisposable
{
    private const int LongestMainJob = 20;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("agency-project-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_new_project_does_the_main_job_with_the_program_of_the_README()
    {
        var watch = Stopwatch.StartNew();
        var program = ProgramOf(Repository.Read("sdk/README.md"));
        Assert.InRange(program.Split('\n').Count(line => line.Length > 0), 1, LongestMainJob);
        await WriteProjectAsync(program);

        // The compiler's server would outlive the test.
        var (built, errors) = await Command.RunAsync(
            folder.FullName,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = Path.Combine(folder.FullName, "packages") },
            "build", "-o", "out", "-v", "quiet", "-p:UseSharedCompilation=false");
        Assert.True(built == 0, errors);

        await using var service = await TestService.StartAsync();
        var (exitCode, said) = await Command.RunAsync(
            folder.FullName,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["AGENCY_API"] = service.Address.ToString(), ["AGENCY_SECRET"] = TestDatabase.SecretOf("harbour-api") },
            "out/Bank.dll");

        Assert.True(exitCode == 0, said);
        Assert.Contains("3 rows", said, StringComparison.Ordinal);
        Assert.Contains("Line 3, principal: ", said, StringComparison.Ordinal);
        Assert.Contains("A-1 owes 105500 CNY", said, StringComparison.Ordinal);
        Assert.Contains("A-3 owes 316500 CNY", said, StringComparison.Ordinal);
        Assert.DoesNotContain("A-2 owes", said, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds:0} s");
    }

    [Fact]
    public async Task The_package_has_its_README_and_docs_and_depends_on_little()
    {
        await using var package = await ZipFile.OpenReadAsync(Path.Combine(packed.Feed, $"Agency.Sdk.{Packed.Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal) || name == "README.md").Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "README.md", "lib/net10.0/Agency.Sdk.dll", "lib/net10.0/Agency.Sdk.xml", "lib/net8.0/Agency.Sdk.dll", "lib/net8.0/Agency.Sdk.xml",
                "lib/netstandard2.0/Agency.Sdk.dll", "lib/netstandard2.0/Agency.Sdk.xml",
            ],
            files);

        await using var specification = await package.GetEntry("Agency.Sdk.nuspec")!.OpenAsync();
        var dependencies = (await XDocument.LoadAsync(specification, LoadOptions.None, CancellationToken.None)).Descendants().Where(element => element.Name.LocalName == "group")
            .ToDictionary(group => group.Attribute("targetFramework")!.Value, group => group.Elements().Select(element => element.Attribute("id")!.Value).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["Microsoft.Extensions.Http", "Polly.Core"], dependencies["net10.0"]);
        Assert.Equal(["Microsoft.Extensions.Http", "Polly.Core", "System.Diagnostics.DiagnosticSource"], dependencies["net8.0"]);
    }

    private async Task WriteProjectAsync(string program)
    {
        await WriteAsync("Bank.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Agency.Sdk" Version="{Packed.Version}" />
              </ItemGroup>
            </Project>
            """);

        // The package from here, what it needs from the machine's own cache, where building the SDK has put it; nothing is fetched, and nothing is left there.
        await WriteAsync("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{packed.Feed}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{await PackageCacheAsync()}" /></fallbackPackageFolders>
            </configuration>
            """);
        await WriteAsync("Program.cs", program);
        var rows = Story.Csv(3).Split('\n');
        rows[2] = rows[2].Replace(",200000,", ",two thousand,", StringComparison.Ordinal);
        await WriteAsync("accounts.csv", string.Join('\n', rows));
    }

    private static async Task<string> PackageCacheAsync()
    {
        var (_, said) = await Command.RunAsync(Repository.Root, new Dictionary<string, string>(StringComparer.Ordinal), "nuget", "locals", "global-packages", "--list");
        return said.Split("global-packages: ")[1].Trim();
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text);

    private static string ProgramOf(string readme)
    {
        var start = readme.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        return readme[start..readme.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}

/// <summary>The SDK as a package, packed from what has been built.</summary>
public sealed class Packed : IAsyncLifetime
{
    public const string Version = "0.0.1-test";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("agency-feed-");

    /// <summary>The folder it is in.</summary>
    public string Feed => folder.FullName;

    public async ValueTask InitializeAsync()
    {
        // The same configuration as the tests.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var (exitCode, said) = await Command.RunAsync(
            Repository.Root,
            new Dictionary<string, string>(StringComparer.Ordinal),
            "pack", "sdk", "--no-build", "-c", configuration, $"-p:PackageVersion={Version}", "-o", Feed);
        Assert.True(exitCode == 0, $"The SDK could not be packed; dotnet build Agency.sln builds it for all its targets.\n{said}");
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
