import { describe, expect, test } from "vitest";
import { ResourceDirectory } from "../../src/mcp/client/resource-directory.js";
import { PromptDirectory, type PromptServer } from "../../src/mcp/gateway/prompt-directory.js";
import { Subscriptions } from "../../src/mcp/gateway/subscriptions.js";
import { Held } from "../support/cells.js";

type Answer = (params: Readonly<Record<string, unknown>>) => object;

/** A server that answers by method, and what it was asked. */
function server(name: string, capabilities: object | undefined, answers: Record<string, Answer>) {
  const asked: string[] = [];
  return {
    name,
    capabilities,
    asked,
    request: async (method: string, params: Readonly<Record<string, unknown>> = {}) => {
      const what = params["uri"] ?? params["name"] ?? "";
      asked.push(`${method} ${what}`.trim());
      const answer = answers[method];
      if (answer === undefined) throw new Error(`${name} has no ${method}`);
      return answer(params);
    },
  };
}

const lists: Record<string, Answer> = {
  "resources/list": () => ({ resources: [] }),
  "resources/templates/list": () => ({ resourceTemplates: [] }),
};
const follows: Record<string, Answer> = {
  ...lists,
  "resources/subscribe": () => ({}),
  "resources/unsubscribe": () => ({}),
};

/** Without the lists that are read to find a resource. */
const told = ({ asked }: { readonly asked: readonly string[] }): readonly string[] =>
  asked.filter((request) => !request.includes("/list"));

function open(...servers: readonly ReturnType<typeof server>[]) {
  const directory = new ResourceDirectory();
  directory.use(servers as never);
  return new Subscriptions(directory);
}

function subscriber() {
  const heard: string[] = [];
  return { heard, resourceUpdated: (uri: string) => void heard.push(uri) };
}

describe("subscriptions to resources", () => {
  test("reach the server once, and are ended when the last client leaves", async () => {
    const one = server("one", { resources: {} }, follows);
    const subscriptions = open(one);
    const [first, second] = [subscriber(), subscriber()];
    await subscriptions.subscribe("a:1", first);
    await subscriptions.subscribe("a:1", second);
    expect(told(one)).toEqual(["resources/subscribe a:1"]);
    await subscriptions.unsubscribe("a:1", first);
    await subscriptions.unsubscribe("a:2", first);
    expect(told(one)).toHaveLength(1);
    subscriptions.tell("one", "a:1");
    expect([first.heard, second.heard]).toEqual([[], ["a:1"]]);
    await subscriptions.unsubscribe("a:1", second);
    expect(told(one)).toEqual(["resources/subscribe a:1", "resources/unsubscribe a:1"]);
    subscriptions.tell("one", "a:1");
    expect(second.heard).toEqual(["a:1"]);
    await subscriptions.subscribe("a:1", first);
    expect(told(one)).toHaveLength(3);
  });

  test("are ended at their server also where their client leaves while that is asked, or before", async () => {
    const held = new Held<object>();
    const asked = new Held();
    const slow = server(
      "one",
      { resources: {} },
      {
        ...follows,
        "resources/subscribe": () => {
          asked.resolve();
          return held.promise;
        },
      },
    );
    const subscriptions = open(slow);
    const client = subscriber();
    const subscribing = subscriptions.subscribe("a:1", client);
    await asked.promise;
    await subscriptions.leave(client);
    held.resolve({});
    await subscribing;
    await subscriptions.subscribe("a:2", client);
    expect(told(slow)).toEqual(["resources/subscribe a:1", "resources/unsubscribe a:1"]);
    subscriptions.tell("one", "a:1");
    expect(client.heard).toEqual([]);
  });

  test("that two clients make at once are both kept", async () => {
    const subscriptions = open(server("one", { resources: {} }, follows));
    const [first, second] = [subscriber(), subscriber()];
    await Promise.all([
      subscriptions.subscribe("a:1", first),
      subscriptions.subscribe("a:1", second),
    ]);
    subscriptions.tell("one", "a:1");
    expect([first.heard, second.heard]).toEqual([["a:1"], ["a:1"]]);
  });

  test("go to the first server that takes them; where none does, its reason is told", async () => {
    const deaf = server("deaf", { resources: {} }, lists);
    const one = server("one", { resources: {} }, follows);
    const subscriptions = open(deaf, one);
    const client = subscriber();
    await subscriptions.subscribe("a:1", client);
    subscriptions.tell("deaf", "a:1");
    expect(client.heard).toEqual([]);
    subscriptions.tell("one", "a:1");
    expect(client.heard).toEqual(["a:1"]);
    await expect(open(deaf).subscribe("a:1", client)).rejects.toThrow(
      "deaf has no resources/subscribe",
    );
    await expect(open().subscribe("a:1", client)).rejects.toThrow('There is no resource "a:1".');
  });

  test("by an alias are told by it, with the part that has changed", async () => {
    const one = server("one", { resources: {} }, follows);
    const subscriptions = open(one);
    const client = subscriber();
    await subscriptions.subscribe("codecell://one/a:1", client);
    expect(told(one)).toEqual(["resources/subscribe a:1"]);
    subscriptions.tell("one", "a:1/part");
    subscriptions.tell("one", "b:1");
    expect(client.heard).toEqual(["codecell://one/a:1/part"]);
  });

  test("end with their client, also where a server cannot be told, and no others do", async () => {
    const { "resources/unsubscribe": _unsubscribe, ...withoutEnd } = follows;
    const one = server("one", { resources: {} }, withoutEnd);
    const subscriptions = open(one);
    const [first, second] = [subscriber(), subscriber()];
    for (const uri of ["a:1", "a:2"]) await subscriptions.subscribe(uri, first);
    await subscriptions.subscribe("a:2", second);
    await subscriptions.leave(first);
    for (const uri of ["a:1", "a:2"]) subscriptions.tell("one", uri);
    expect([first.heard, second.heard]).toEqual([[], ["a:2"]]);
    expect(told(one).at(-1)).toBe("resources/unsubscribe a:1");
  });

  test("are made again with a server that was started again, and with no other", async () => {
    const names = ["one", "other"];
    const [one, other] = names.map((name) =>
      server(
        name,
        { resources: {} },
        { ...follows, "resources/list": () => ({ resources: [{ uri: `${name}:1` }] }) },
      ),
    ) as [ReturnType<typeof server>, ReturnType<typeof server>];
    const subscriptions = open(one, other);
    for (const name of names) await subscriptions.subscribe(`${name}:1`, subscriber());
    await subscriptions.renew("one");
    expect(told(one)).toEqual(["resources/subscribe one:1", "resources/subscribe one:1"]);
    expect(told(other)).toEqual(["resources/subscribe other:1"]);
  });
});

describe("the prompts of several servers", () => {
  const prompts = (...names: readonly string[]): Record<string, Answer> => ({
    "prompts/list": () => ({ prompts: names.map((name) => ({ name })) }),
    "prompts/get": ({ name, arguments: given }) => ({ name, given }),
  });
  const directory = (...servers: readonly ReturnType<typeof server>[]): PromptDirectory => {
    const made = new PromptDirectory();
    made.use(servers as readonly PromptServer[]);
    return made;
  };

  test("have their server's name before their own, and a number where that is taken", async () => {
    const found = await directory(
      server("a", { prompts: {} }, prompts("b_c", "x")),
      server("a_b", { prompts: {} }, prompts("c", "c")),
      server("silent", { prompts: {} }, {}),
      server("without", {}, prompts("y")),
      server("down", undefined, prompts("z")),
    ).list();
    expect(found.map(({ name }) => name)).toEqual(["a_b_c", "a_x", "a_b_c_2", "a_b_c_3"]);
  });

  test("are got from their server under the name that it knows", async () => {
    const one = server("one", { prompts: {} }, prompts("review"));
    const made = directory(one);
    const given = { topic: "style" };
    expect(await made.get({ name: "one_review", arguments: given })).toEqual({
      name: "review",
      given,
    });
    expect(await made.get({ name: "one_review" })).toMatchObject({ name: "review" });
    expect(one.asked).toEqual(["prompts/list", "prompts/get review", "prompts/get review"]);
    expect(await made.get({ name: "review" })).toBeUndefined();
    expect(one.asked.at(-1)).toBe("prompts/list");
  });
});
