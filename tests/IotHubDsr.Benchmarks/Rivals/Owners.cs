using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Those who delete a device, or create its ID again for somebody else.</summary>
internal static class Owners
{
    /// <summary>Somebody deletes a subject's device in the portal.</summary>
    public static Rival Deletes(Random random) =>
        new("somebody deletes a device", run => Delete(run, run.Subjects[random.Next(run.Subjects.Count)]));

    /// <summary>A subject's ID becomes another customer's, who begins to use it at once.</summary>
    public static Rival Reassigns(Random random) => new("an ID is given to another customer", run =>
        {
            string deviceId = run.Subjects[random.Next(run.Subjects.Count)];
            Delete(run, deviceId);
            Create(run, deviceId, random);
            Use(run, deviceId, random);
            run.Later(random, new Rival("the new customer goes on using it", later => Use(later, deviceId, random)));
        });

    private static void Delete(RivalRun run, string deviceId)
    {
        lock (run.World.Registry.Gate)
        {
            if (run.World.Registry.Find(deviceId) is { } device)
                run.World.Registry.Delete(device);
            run.World.Ledger.Forgets(deviceId);
        }
    }

    private static void Create(RivalRun run, string deviceId, Random random)
    {
        lock (run.World.Registry.Gate)
        {
            HubIdentity device = run.World.Registry.Create(deviceId, []);
            device.PendingCommands = random.Next(4);
            run.World.Ledger.Knows(device);
            run.IsReassigned = true;
        }
    }

    private static void Use(RivalRun run, string deviceId, Random random)
    {
        run.World.Change(deviceId, device =>
        {
            device.PendingCommands += random.Next(3);
            device.Twin.Patch(
                new JsonObject { ["tags"] = new JsonObject { ["owner"] = run.World.NextId("customer") } },
                run.World.Clock.GetUtcNow()
            );
            int messages = random.Next(1, 4);
            HubIdentity sender =
                deviceId == DeviceSeed.Leaf && run.World.Registry.Find(DeviceSeed.Gateway) is { } gateway ? gateway : device;
            string? leaf = sender == device ? null : deviceId;
            run.World.Server.World.Events.Accept(
                [.. Enumerable.Range(0, messages).Select(_ => run.World.MessageOf(sender, leaf))],
                random.NextDouble()
            );
        });
        Writers.Row(run, run.World.Server.World.Names.HubId, deviceId);
        for (int files = random.Next(3); files > 0; files--)
            Writers.Upload(run, deviceId, random);
    }
}
