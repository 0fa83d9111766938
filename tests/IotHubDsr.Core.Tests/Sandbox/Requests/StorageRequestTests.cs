using System.Globalization;
using System.Net.Http.Headers;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Core.Tests.Sandbox.Requests;

/// <summary>
/// The same raw requests to the sandbox and to Azurite. The sandbox gives the answer that Microsoft documents; where Azurite does not give
/// the same, the difference is listed with who is right.
/// </summary>
public sealed class StorageRequestTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    private const string ContainerName = "requests";

    [Fact]
    public async Task Sandbox_GivesTheDocumentedAnswers()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobAccount account = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount);
        account.GetOrAddContainer(ContainerName);
        var key = new StorageSharedKeyCredential(WorldNames.PlainAccount, Convert.ToBase64String(account.Keys[0]));
        var service = new BlobServiceClient(new Uri($"https://{WorldNames.PlainAccount}.blob.core.windows.net/"), key);

        Dictionary<string, string> answers = await SendAllAsync(sandbox.Http, service, ContainerName);

        AssertAnswers(request => request.Answer, answers);
    }

    [AzuriteFact]
    public async Task Azurite_DiffersWhereItIsListed()
    {
        using var http = new HttpClient();
        BlobContainerClient container = await azurite.CreateContainerAsync();

        Dictionary<string, string> answers = await SendAllAsync(http, container.GetParentBlobServiceClient(), container.Name);

        AssertAnswers(StorageDifferences.Azurite, answers);
    }

    [Fact]
    public void Differences_AreOfRequestsInTheTable_AndSayWhoIsRight()
    {
        var names = StorageRequests.All.Select(request => request.Name).ToList();

        Assert.Equal(names.Distinct(), names);
        Assert.All(StorageDifferences.All, difference =>
        {
            Assert.Contains(difference.Request, names);
            Assert.NotEqual(StorageRequests.All.Single(request => request.Name == difference.Request).Answer, difference.Azurite);
            Assert.Matches("^(Sandbox|Azurite|Both): ", difference.Right);
        });
    }

    private static void AssertAnswers(Func<StorageRequest, string> expected, Dictionary<string, string> answers)
    {
        IEnumerable<string> other = StorageRequests
            .All.Where(request => expected(request) != answers[request.Name])
            .Select(request => $"{request.Name}: expected {expected(request)}, got {answers[request.Name]}");
        string text = string.Join(Environment.NewLine, other);
        Assert.True(text.Length == 0, text);
    }

    private static async Task<Dictionary<string, string>> SendAllAsync(HttpClient http, BlobServiceClient service, string container)
    {
        Uri signed = service.GenerateAccountSasUri(
            AccountSasPermissions.All,
            TimeProvider.System.GetUtcNow().AddHours(1),
            AccountSasResourceTypes.All
        );
        var answers = new Dictionary<string, string>();
        foreach (StorageRequest request in StorageRequests.All)
            answers.Add(request.Name, await SendAsync(http, service, signed.Query.TrimStart('?'), container, request));

        return answers;
    }

    private static async Task<string> SendAsync(
        HttpClient http,
        BlobServiceClient service,
        string signature,
        string container,
        StorageRequest request
    )
    {
        string root = service.Uri.AbsoluteUri.TrimEnd('/');
        (string? method, string? path) = request.Line.Split(' ') is [var verb, var rest]
            ? (verb, rest)
            : throw new FormatException(request.Line);
        char separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        string url = root + path.Replace("{c}", container, StringComparison.Ordinal) + (request.IsUnsigned ? "" : separator + signature);
        using var message = new HttpRequestMessage(new HttpMethod(method), url);
        message.Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(request.Body ?? ""));
        message.Content.Headers.ContentType = null;
        if (request.Body is null && method is "GET" or "HEAD" or "DELETE")
            message.Content = null;

        if (!request.IsUnversioned)
            message.Headers.Add("x-ms-version", "2023-11-03");

        foreach (string line in request.Headers)
        {
            (string? name, string? value) = line.Split(": ", 2) is [var before, var after]
                ? (before, after)
                : throw new FormatException(line);
            value = value
                .Replace("{source}", $"{root}/{container}/source?{signature}", StringComparison.Ordinal)
                .Replace("{account}", service.AccountName, StringComparison.Ordinal)
                .Replace("{now}", TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal);
            HttpHeaders headers = name == "Content-MD5" ? message.Content!.Headers : message.Headers;
            Assert.True(headers.TryAddWithoutValidation(name, value));
        }

        using HttpResponseMessage response = await http.SendAsync(message);
        string code = response.Headers.TryGetValues("x-ms-error-code", out IEnumerable<string>? codes) ? $" {codes.Single()}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode}{code}");
    }
}

/// <summary>A test that needs Azurite, as tests/conformance/azurite installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = AzuriteServer.Missing;
}
