using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.World;

/// <summary>The devices: some whose IDs are awkward in one language or another, and a crowd of ordinary ones.</summary>
internal sealed class DeviceSeed(HubRegistry registry, Random random, DateTimeOffset baseTime)
{
    public const string Gateway = "gw-1";
    public const string Leaf = "leaf-1";

    /// <summary>They differ by case or are prefixes of one another.</summary>
    public static readonly IReadOnlyList<string> LookAlikes = ["dev1", "Dev1", "dev10", "dev2"];

    /// <summary>Each is legal in IoT Hub and special in SQL, KQL, URLs, file names, CSV or HTML.</summary>
    public static readonly IReadOnlyList<string> Awkward =
    [
        "it's",
        "50%25",
        "100%",
        "a:b",
        "c$d",
        "x'=(y)!*",
        "q?z",
        "p+q#r",
        "..hidden",
        "=cmd(1)",
        "markup",
        "semi;colon",
        "mail@example.com",
    ];

    private static readonly string[] Owners = ["ana.lopez", "bo.nilsson", "chen.wei", "dara.okafor", "eve.o'neil"];

    public void Fill(int bulk)
    {
        foreach (string? id in LookAlikes.Concat(Awkward))
            Add(id);

        AddGateway();
        AddHostileTwin();
        for (int number = 1; number <= bulk; number++)
            AddBulk(string.Create(CultureInfo.InvariantCulture, $"th-{number:D3}"), number);

        Own("dev1", "ana.lopez");
        Own("Dev1", "bo.nilsson");
        Own("dev10", "ana.lopez");
        registry.Device("dev1").PendingCommands = 3;
        registry.Device("it's").PendingCommands = 1;
        registry.CreateModule("dev1", "tracker", []).Twin.Report(new JsonObject { ["lastFix"] = "59.33,18.07" }, baseTime);
    }

    private void Own(string id, string owner) =>
        registry.Device(id).Twin.Patch(new JsonObject { ["tags"] = new JsonObject { ["owner"] = owner } }, baseTime.AddDays(-10));

    private HubIdentity Add(string id)
    {
        HubIdentity device = registry.Create(id, []);
        device.LastActivity = baseTime.AddMinutes(-random.Next(60, 3000));
        device.Connected = random.Next(3) == 0;
        device.Twin.Patch(
            new JsonObject
            {
                ["tags"] = new JsonObject
                {
                    ["owner"] = Owners[random.Next(Owners.Length)],
                    ["floor"] = random.Next(1, 5).ToString(CultureInfo.InvariantCulture),
                    ["site"] = "stockholm",
                },
                ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["interval"] = 30 * random.Next(1, 5) } },
            },
            baseTime.AddDays(-random.Next(11, 30))
        );
        device.Twin.Report(
            new JsonObject { ["firmware"] = $"1.{random.Next(10)}.{random.Next(10)}", ["battery"] = random.Next(10, 101) },
            device.LastActivity
        );
        return device;
    }

    private void AddGateway()
    {
        HubIdentity gateway = Add(Gateway);
        registry.MakeEdge(gateway);
        HubIdentity leaf = Add(Leaf);
        // The child's identity goes on naming the gateway after the gateway is gone.
        leaf.DeviceScope = gateway.DeviceScope;
        leaf.ParentScope = gateway.DeviceScope;
    }

    private void AddHostileTwin()
    {
        TwinState twin = registry.Device("markup").Twin;
        twin.Patch(
            new JsonObject
            {
                ["tags"] = new JsonObject
                {
                    ["nickname"] = "<script>alert(1)</script>",
                    ["formula"] = "=cmd|' /C calc'!A0",
                    ["path"] = "../../../../etc/passwd",
                    ["mark"] = "\u202Egnp.exe",
                },
            },
            baseTime.AddDays(-9)
        );
        twin.Report(new JsonObject { ["banner"] = "</td><img src=x onerror=alert(2)>", ["terminal"] = "\u001b[2J" }, baseTime.AddDays(-1));
    }

    private void AddBulk(string id, int number)
    {
        HubIdentity device = Add(id);
        if (number % 8 == 0)
            registry.CreateModule(id, "sensor", []);

        if (number % 11 == 0)
            device.PendingCommands = number % 7 + 1;

        if (number == 13)
            device.SetStatus("disabled", "returned by the tenant", baseTime.AddDays(-2));
    }
}
