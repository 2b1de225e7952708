// What a person has typed and not yet decided, kept by the browser's tab: it outlives the kernel and a reload.

const KEPT = "wb-approvals ";

function keep(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(KEPT + name);
    else sessionStorage.setItem(KEPT + name, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing, or is full: the page works on without it
  }
}

function kept(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
