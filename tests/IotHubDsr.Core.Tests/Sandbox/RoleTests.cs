using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Tests.Sinks.BulkExports;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>The role definitions of module/Roles: a whole request runs with them, and each of their actions is needed.</summary>
public sealed class RoleTests
{
    private const string Store = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}";

    // A workspace has tables of anybody's: each has an action of its own.
    private const string AnyTable = "Microsoft.OperationalInsights/workspaces/query/*/read";

    /// <summary>Without these a workspace is worked on all the same, knowing less of its tables and of the account.</summary>
    private static readonly string[] s_helpful =
    [
        AnyTable,
        "Microsoft.OperationalInsights/workspaces/read",
        "Microsoft.OperationalInsights/workspaces/tables/read",
        "Microsoft.Authorization/permissions/read",
        // Resource Graph leaves out what may not be read: a cluster is then not known.
        "Microsoft.Kusto/clusters/read",
        "Microsoft.StreamAnalytics/streamingjobs/read",
        "Microsoft.DeviceUpdate/accounts/read",
    ];

    private static readonly string[] s_devices = ["dev1", "th-001"];
    private static readonly ErasureOptions s_everything = new()
    {
        IncludeOldVersions = true,
        SettleMessages = true,
        RewriteConfigurations = true,
    };
    private static readonly JsonSerializerOptions s_strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>File without extension, and an action of the role in it.</summary>
    public static TheoryData<string, string> Actions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string file, RoleDefinition role) in ReadRoles())
            {
                // What another role at the same scope allows as well is not missed; that role has its own line. Whoever has any role on an
                // account of Cosmos DB may read its metadata. What blocks enrollments is not needed to delete them.
                foreach (
                    string action in role
                        .Actions.Concat(role.DataActions)
                        .Where(action =>
                            file
                                is not (
                                    "Read-CloudToDeviceQueue"
                                    or "Read-GatewayChildren"
                                    or "Read-RequestStore"
                                    or "Write-ProvisioningService"
                                )
                            && !action.EndsWith("/readMetadata", StringComparison.Ordinal)
                            && !s_helpful.Contains(action)
                        )
                )
                {
                    data.Add(file, action);
                }
            }

            return data;
        }
    }

    [Fact]
    public void Roles_AreCustomRolesWithoutWildcards() => Assert.All(ReadRoles(), static file =>
        {
            Assert.True(file.Value.IsCustom);
            Assert.StartsWith("IotHubDsr ", file.Value.Name, StringComparison.Ordinal);
            Assert.InRange(file.Value.Description!.Length, 20, 1024);
            Assert.Equal("/subscriptions/00000000-0000-0000-0000-000000000000", Assert.Single(file.Value.AssignableScopes));
            Assert.NotEmpty(file.Value.Actions.Concat(file.Value.DataActions));
            Assert.DoesNotContain(file.Value.Actions.Concat(file.Value.DataActions), static action =>
                action.Contains('*', StringComparison.Ordinal) && action != AnyTable
            );
            Assert.Empty(file.Value.NotActions.Concat(file.Value.NotDataActions));
        });

    [Fact]
    public async Task WholeRequest_WithTheRolesOfTheModule_PassesAsWithEveryRight()
    {
        List<string> unrestricted = await OutcomeAsync(static _ => null);

        List<string> outcome = await OutcomeAsync(static sandbox => Assign(sandbox, "", ""));

        Assert.DoesNotContain(outcome, static line => line.StartsWith("PermissionMissing", StringComparison.Ordinal));
        Assert.Equal(unrestricted, outcome);
    }

    [Fact]
    public async Task FindAndExport_WithTheReadersAlone_Pass()
    {
        await using RequestSandbox sandbox = await StartAsync();
        sandbox.Server.Access.Assignments =
        [
            .. Assign(sandbox, "", "").Where(static role => !role.Role.Name.EndsWith("Eraser", StringComparison.Ordinal)),
        ];

        await sandbox.ConnectAsync();
        await sandbox.FindAsync(s_devices);
        await sandbox.ExportAsync(s_devices);

        Assert.DoesNotContain(sandbox.Reported, static fault => fault.Id == "PermissionMissing");
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task WholeRequest_WithOneActionLess_FailsWithPermissionMissingThatNamesIt(string file, string action)
    {
        var named = new Regex($@"^PermissionMissing: .*\b{Regex.Escape(action)}(?![\w/])", RegexOptions.IgnoreCase);

        List<string> outcome = await OutcomeAsync(
            sandbox => Assign(sandbox, file, action),
            named,
            startsWithPlan: file.StartsWith("Erase-", StringComparison.Ordinal)
        );

        Assert.True(outcome.Any(line => named.IsMatch(line)), string.Join(Environment.NewLine, outcome));
    }

    /// <summary>A whole request: what was reported and, for each device and location, the verdict.</summary>
    /// <param name="roles">The assignments.</param>
    /// <param name="enough">What is waited for: with it the request ends.</param>
    /// <param name="startsWithPlan">Whether what only reads is left out.</param>
    private static async Task<List<string>> OutcomeAsync(
        Func<RequestSandbox, IReadOnlyList<RoleAssignment>?> roles,
        Regex? enough = null,
        bool startsWithPlan = false
    )
    {
        await using RequestSandbox sandbox = await StartAsync();
        sandbox.Server.Access.Assignments = roles(sandbox);
        var outcome = new List<string>();
        ErasurePlan? plan = null;
        string requestId = string.Empty;
        Func<Task>[] reading =
        [
            async () => await sandbox.LocationsAsync(),
            async () => await sandbox.FindAsync(s_devices),
            async () => await sandbox.ExportAsync(s_devices),
        ];
        Func<Task>[] erasing =
        [
            async () => plan = await sandbox.PlanAsync(s_everything, s_devices),
            async () =>
                outcome.AddRange(
                    (await sandbox.EraseAsync(plan!)).Select(static receipt =>
                        $"{receipt.DeviceId} {receipt.Kind} {receipt.Place} {receipt.Verdict}"
                    )
                ),
            async () =>
            {
                DataRequest request = await sandbox.RequestAsync();
                requestId = request.RequestId;
                outcome.Add($"{request.Status}");
            },
            async () => await sandbox.ResumeAsync(requestId),
            async () =>
                outcome.Add(
                    $"{(await sandbox.ChangeAsync(new AnonymiseOptions { Context = sandbox.Context, RequestId = requestId, Reason = "A test" })).IsAnonymised}"
                ),
        ];
        try
        {
            await sandbox.ConnectAsync(static options => options with { RequestStore = Store });
            foreach (Func<Task> step in startsWithPlan ? erasing : [.. reading, .. erasing])
            {
                await step();
                if (enough is not null && sandbox.Reported.Any(fault => enough.IsMatch($"{fault}")))
                    break;
            }
        }
        catch (DsrException exception)
        {
            outcome.Add($"{exception.Fault}");
        }

        return [.. sandbox.Reported.Select(static fault => $"{fault}").Concat(outcome).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>A world in which every action is needed: an old copy of each kind, and a blob of one device alone.</summary>
    private static async Task<RequestSandbox> StartAsync()
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ExportedDevices.Add(sandbox.Server.World);
        AddUpdates(sandbox.Server.World);
        foreach (string name in (string[])[WorldNames.PlainAccount, WorldNames.VersionedAccount, WorldNames.UploadAccount])
        {
            Assert.True(sandbox.Server.World.Blobs.TryGetAccount(name, out BlobAccount? account));
            account.Options = account.Options with { AllowPermanentDelete = account.Options.KeepsDeleted };
            foreach (BlobEntry entry in account.Containers.SelectMany(static container => container.Blobs.From(string.Empty).ToList()))
            {
                // Not even what no service writes there may take more rights than the roles give.
                if (entry.Current is not { } current)
                    continue;
                entry.Amend(current, current with { Tags = current.Tags.SetItem("retention", "ten-years") });
                if (name == WorldNames.PlainAccount)
                    entry.TakeSnapshot(entry.Current!, entry.Current!);
            }
        }

        return sandbox;
    }

    private static void AddUpdates(SandboxWorld world)
    {
        string account = world.Names.Resource(WorldNames.DataGroup, "Microsoft.DeviceUpdate/accounts", "contosoadu");
        world.UpdateInstances.Add(
            new JsonObject
            {
                ["id"] = $"{account}/instances/prod",
                ["name"] = "prod",
                ["properties"] = new JsonObject { ["iotHubs"] = new JsonArray(new JsonObject { ["resourceId"] = world.Names.HubId }) },
            }
        );
    }

    /// <summary>Each role at the scope that its description names, without one action at the scopes of a file's role.</summary>
    private static List<RoleAssignment> Assign(RequestSandbox sandbox, string file, string action)
    {
        WorldNames names = sandbox.Server.World.Names;
        Dictionary<string, RoleDefinition> roles = ReadRoles();
        return
        [
            .. roles.SelectMany(role =>
                ScopesOf(role.Key, names)
                    .Select(scope => new RoleAssignment(
                        scope,
                        file.Length > 0 && ScopesOf(file, names).Contains(scope, StringComparer.Ordinal)
                            ? Without(role.Value, action)
                            : role.Value
                    ))
            ),
        ];
    }

    private static RoleDefinition Without(RoleDefinition role, string action) =>
        role with
        {
            Actions = [.. role.Actions.Where(one => one != action)],
            DataActions = [.. role.DataActions.Where(one => one != action)],
        };

    private static string[] ScopesOf(string file, WorldNames names) =>
        file[(file.IndexOf('-', StringComparison.Ordinal) + 1)..] switch
        {
            "Configuration" => [names.Subscription],
            "DeviceRegistry" or "CloudToDeviceQueue" or "BuiltInEndpoint" or "JobHistory" or "Configurations" or "GatewayChildren" =>
            [
                names.HubId,
            ],
            "EventHub" => [names.EventHubsId],
            "ServiceBusQueue" or "ServiceBusTopic" => [names.ServiceBusId],
            "LogAnalyticsWorkspace" => [names.WorkspaceId(WorldNames.Workspace)],
            "ProvisioningService" => [names.ProvisioningId(WorldNames.ProvisioningName)],
            "CosmosContainer" => [names.CosmosId(WorldNames.CosmosAccount)],
            "RoutedBlobContainer" => [.. Routed(names)],
            "OldVersions" => [.. Routed(names), Container(names, WorldNames.UploadAccount, WorldNames.UploadContainer)],
            "DeadLetterContainer" => [Container(names, WorldNames.UploadAccount, WorldNames.DeadLetterContainer)],
            "FileUploadContainer" => [Container(names, WorldNames.UploadAccount, WorldNames.UploadContainer)],
            "BulkExportContainer" => [Container(names, WorldNames.UploadAccount, ExportedDevices.Container)],
            "LogArchive" =>
            [
                .. (
                    (string[])
                        [
                            "insights-logs-connections",
                            "insights-logs-deviceidentityoperations",
                            "insights-logs-twinqueries",
                            "am-azurediagnostics",
                        ]
                ).Select(container => Container(names, WorldNames.UploadAccount, container)),
            ],
            "DataExplorerTable" => [names.ClusterId(WorldNames.Cluster)],
            "StorageQueue" => [$"{names.StorageId(WorldNames.UploadAccount)}/queueServices/default/queues/{WorldNames.EventQueue}"],
            "RequestStore" => [Container(names, WorldNames.EvidenceAccount, WorldNames.EvidenceContainer)],
            string other => throw new ArgumentException($"The role {other} has no scope here."),
        };

    private static IEnumerable<string> Routed(WorldNames names) =>
        (
            (string[])
                [
                    $"{WorldNames.PlainAccount}/raw-json",
                    $"{WorldNames.PlainAccount}/raw-avro",
                    $"{WorldNames.PlainAccount}/paused-archive",
                    $"{WorldNames.VersionedAccount}/raw-avro-deflate",
                    $"{WorldNames.VersionedAccount}/cold-archive",
                ]
        ).Select(place => Container(names, place.Split('/')[0], place.Split('/')[1]));

    private static string Container(WorldNames names, string account, string container) =>
        $"{names.StorageId(account)}/blobServices/default/containers/{container}";

    private static Dictionary<string, RoleDefinition> ReadRoles() =>
        Directory
            .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "module", "Roles"), "*.json")
            .ToDictionary(
                static path => Path.GetFileNameWithoutExtension(path),
                static path => JsonSerializer.Deserialize<RoleDefinition>(File.ReadAllText(path), s_strict)!
            );
}
